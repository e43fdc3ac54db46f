// The keys of the list. One row at a time has the focus, and keys open it, select it or move its order.
import { announce, byId } from "../lib/dom.js";
import { orderNumber } from "../lib/format.js";
import { PRESS_PAUSE_MS } from "../lib/pause.js";
import { showToast } from "../lib/toast.js";
import { sessionEnded } from "../shell/shell.js";
import { cancelMany, moveMany } from "./move-many.js";
import { moveOrder, undoing } from "./move.js";
import { focus, inOrder, lastFocused, notifyChange, selectedOrders } from "./rows.js";
import { toggle } from "./selection.js";

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
  const chosen = selectedOrders();
  if (chosen.length) moveMany(list, chosen);
  else if (focused()) moveRow(list, focused());
  else announceNoFocus();
}

/** Cancel the selected orders. */
export const cancel = (list) => cancelMany(list, selectedOrders());

/** Move the order of a row at once. Further presses are ignored until there was none for PRESS_PAUSE_MS. */
async function moveRow(list, row) {
  const now = performance.now();
  const isAgain = row.moving || now - row.pressedAt < PRESS_PAUSE_MS;
  row.pressedAt = now;
  if (!isAgain) await moveJob(list, row, { order: row.order });
}

async function moveJob(list, row, job) {
  row.moving = true;
  await moveOrder(job, list.who);
  row.moving = false;
  row.pressedAt = job.outcome === "done" ? performance.now() : undefined;
  notifyChange();
  const undo = undoing(job, list.who);
  const text = `Order ${orderNumber(job.order)}: ${job.text}`;
  showToast(byId("list-note"), text, undo ? () => takeBack(list, row, undo) : null);
  if (job.ended) sessionEnded(job.ended);
}

function takeBack(list, row, job) {
  focus(row); // the button disappears
  if (!row.moving) moveJob(list, row, job);
}

const announceNoFocus = () => announce("No order has the focus: j goes to the first.");
