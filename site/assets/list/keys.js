// The keys of the list. One row at a time has the focus, and keys open it, select it or move its order.
import { announce, byId } from "../lib/dom.js";
import { orderNumber } from "../lib/format.js";
import { DOUBLE_PRESS_MS } from "../order/status.js";
import { sessionEnded } from "../shell/shell.js";
import { moveMany } from "./bulk.js";
import { moveOrder } from "./move.js";
import { focus, inOrder, lastFocused, notifyChange, selected } from "./rows.js";
import { toggle } from "./selection.js";

const NOTE_MS = 8_000;

const focused = () => document.activeElement?.closest("#order-rows tr");

export const next = () => step(1);
export const previous = () => step(-1);

function step(by) {
  const order = inOrder();
  const from = order.indexOf(focused() ?? lastFocused());
  const row = order[from < 0 ? 0 : Math.min(Math.max(from + by, 0), order.length - 1)];
  if (row) focus(row);
}

export function open() {
  focused()?.querySelector("a").click();
}

export function select() {
  if (focused()) toggle(focused());
  else announceNoFocus();
}

/** Move the selected orders. If none is selected, move the order that has the focus. */
export function move(list) {
  const chosen = selected().map(({ order }) => order);
  if (chosen.length) moveMany(list, chosen);
  else if (focused()) moveRow(list, focused());
  else announceNoFocus();
}

/** Move the order of a row at once. A second press shortly after the first is ignored. */
async function moveRow(list, row) {
  if (row.moving || performance.now() - row.movedAt < DOUBLE_PRESS_MS) return;
  row.moving = true;
  const job = { order: row.order };
  await moveOrder(job, list.who);
  row.moving = false;
  if (job.outcome === "done") row.movedAt = performance.now();
  notifyChange();
  showNote(`Order ${orderNumber(job.order.orderID)}: ${job.text}`);
  if (job.ended) sessionEnded(job.ended);
}

let hiding;

function showNote(text) {
  clearTimeout(hiding);
  byId("list-note").textContent = text;
  byId("list-note").hidden = false;
  hiding = setTimeout(() => (byId("list-note").hidden = true), NOTE_MS);
  announce(text);
}

const announceNoFocus = () => announce("No order has the focus: j goes to the first.");
