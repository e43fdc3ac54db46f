// The list by keyboard: one row at a time has the focus; it is opened, selected and moved on from there.
import { inOrder, selected } from "./orders-rows.js";
import { announce } from "./shell.js";

let current;

const focused = () => document.activeElement?.closest("#order-rows tr");

export const next = () => step(1);
export const previous = () => step(-1);

function step(by) {
  const order = inOrder();
  const from = order.indexOf(focused() ?? current);
  const row = order[from < 0 ? 0 : Math.min(Math.max(from + by, 0), order.length - 1)];
  if (row) focus(row);
}

/** Gives a row the focus, and makes it the one that Tab comes back to. */
export function focus(row) {
  current?.removeAttribute("tabindex");
  current = row;
  row.tabIndex = 0;
  row.focus();
}

export function open() {
  focused()?.querySelector("a").click();
}

export async function select() {
  const row = focused();
  if (!row) return announce("No order has the focus: j goes to the first.");
  return (await import("./orders-selection.js")).toggle(row);
}

export async function move(list) {
  const chosen = selected();
  const row = focused();
  if (!chosen.length && !row) return announce("No order has the focus: j goes to the first.");
  const { moveMany, moveOne } = await import("./orders-bulk.js");
  return chosen.length ? moveMany(list, chosen.map(({ order }) => order)) : moveOne(list, row);
}
