// The list by keyboard: one row at a time has the focus; it is opened, selected and moved on from there.
import { moveMany, moveOne } from "./bulk.js";
import { focus, inOrder, lastFocused, selected } from "./rows.js";
import { toggle } from "./selection.js";
import { announce } from "../shell/shell.js";

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
  else sayNone();
}

/** Moves what is selected, else the order that has the focus. */
export function move(list) {
  const chosen = selected().map(({ order }) => order);
  if (chosen.length) moveMany(list, chosen);
  else if (focused()) moveOne(list, focused());
  else sayNone();
}

const sayNone = () => announce("No order has the focus: j goes to the first.");
