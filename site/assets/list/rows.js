// The rows of the list: a table row for each order, in place of the last one, or rewritten where it stands.
import { byId } from "../lib/dom.js";
import { orderNumber, orderTotal, writeBadge, writeTime } from "../lib/format.js";
import { orderPage } from "../lib/links.js";

const body = byId("order-rows");
const blank = byId("order-row").content.firstElementChild;

/** The rows on screen by orderID, in no order; `row.order` is what a row shows. */
export const rows = new Map();

/** The rows on screen from top to bottom. */
export const inOrder = () => [...body.children].filter((row) => row.order);

export const selected = () => inOrder().filter((row) => boxOf(row).checked);
export const boxOf = (row) => row.querySelector("input");

/** Shows these orders and no others. A thousand of them are one of the budgets in bench/. */
export function showRows(orders) {
  rows.clear();
  body.replaceChildren(...orders.map(newRow));
  changed();
}

/** Puts an order's row before another row, or at the end. */
export function insertRow(order, before = null) {
  const row = newRow(order);
  body.insertBefore(row, before);
  return row;
}

/** Shows how an order stands now, where it stands; nothing moves. Returns the row, unless none is on screen. */
export function updateRow(order) {
  const row = rows.get(order.orderID);
  if (row && row.order.version !== order.version) {
    write(row, order);
    row.classList.add("changed");
  }
  return row;
}

let current;

/** The row that the keyboard was at last. */
export const lastFocused = () => current;

/** Gives a row the focus, and makes it the one that Tab comes back to. */
export function focus(row) {
  current?.removeAttribute("tabindex");
  current = row;
  row.tabIndex = 0;
  row.focus();
}

/** Tells whoever counts or watches rows (selection, new orders) that they are others now. */
export const changed = () => body.dispatchEvent(new Event("rows", { bubbles: true }));

function newRow(order) {
  const row = blank.cloneNode(true);
  const number = orderNumber(order.orderID);
  const [select, name] = row.children;
  select.firstElementChild.firstElementChild.ariaLabel = `Select order ${number}`;
  name.firstElementChild.href = orderPage(order.orderID);
  name.firstElementChild.firstElementChild.textContent = number;
  rows.set(order.orderID, row);
  return write(row, order);
}

// By position, because looking slots up by name takes most of the time in a long list.
function write(row, order) {
  const [, , taken, customer, lines, total, status] = row.children;
  const [who, company] = customer.children;
  row.order = order;
  writeTime(taken.firstElementChild, order.createdAt);
  who.textContent = order.customer.name;
  company.textContent = order.customer.company || order.customer.email;
  lines.textContent = order.lineCount;
  total.textContent = orderTotal(order);
  writeBadge(status.firstElementChild, order.status);
  return row;
}
