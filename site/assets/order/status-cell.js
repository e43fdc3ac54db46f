// The cell with the status of an order in lists, and with marks for its notes and its printed slip.
import { time, writeBadge } from "../lib/format.js";
import { SETTLED } from "./status.js";

/** Write an order into its cell, which is the macro status_cell of _page.html. */
export function writeStatus(cell, { status, settledAt, hasNotes, slipPrintedAt }) {
  const [badge, settled, notes, slip] = cell.children; // by position, because a long list has many
  writeBadge(badge, status);
  settled.textContent = settledAt ? SETTLED : "";
  notes.hidden = !hasNotes;
  slip.hidden = !slipPrintedAt;
  if (slip.hidden) return;
  slip.title = `Slip printed ${time(slipPrintedAt).textContent}`;
  slip.lastElementChild.textContent = slip.title;
}
