// The rows of the list: one table row for each order. A change of an order rewrites its row in place.
import { byId } from "../lib/dom.js";
import { orderNumber, orderTotal, writeTime } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { chipsOf } from "../order/label-chips.js";
import { writeStatus } from "../order/status-cell.js";
import { elsewhere, turnPage } from "./elsewhere.js";

const body = byId("order-rows");
const blank = byId("order-row").content.firstElementChild;

/** The rows on screen by orderID. `row.order` is the order that a row shows. */
export const rows = new Map();

/** Return the rows on screen from top to bottom. */
export const inOrder = () => [...body.children].filter((row) => row.order);

export const selected = () => inOrder().filter((row) => boxOf(row).checked);

/** Return the selected orders: those with a row from top to bottom, then those on other pages. */
export const selectedOrders = () => [...selected().map(({ order }) => order), ...elsewhere.values()];

export const boxOf = (row) => row.querySelector("input");

/** Show these orders in place of the rows on screen. bench/rendering.py measures this with a thousand orders. */
export function showRows(orders) {
  turnPage(selected().map(({ order }) => order));
  rows.clear();
  body.replaceChildren(...orders.map(newRow));
  notifyChange();
}

/** Insert a row for an order before another row, or at the end. */
export function insertRow(order, before = null) {
  const row = newRow(order);
  body.insertBefore(row, before);
  return row;
}

/** Show a changed order in its row, which keeps its place. Return the row, or undefined if the order has none. */
export function updateRow(order) {
  const row = rows.get(order.orderID);
  if (elsewhere.has(order.orderID)) elsewhere.set(order.orderID, order);
  if (row && row.order.version !== order.version) {
    write(row, order);
    row.classList.add("changed");
  }
  return row;
}

let current;

/** Return the row that had the focus last. */
export const lastFocused = () => current;

/** Move the focus to a row, and make it the row that Tab returns to. */
export function focus(row) {
  current?.removeAttribute("tabindex");
  current = row;
  row.tabIndex = 0;
  row.focus();
}

/** Notify the modules that count or watch the rows (selection, new orders) that rows or tick boxes have changed. */
export function notifyChange() {
  byId("all-on-page").disabled = !rows.size; // a tick before the first rows would select nothing
  body.dispatchEvent(new Event("rows", { bubbles: true }));
}

function newRow(order) {
  const row = blank.cloneNode(true);
  const number = orderNumber(order);
  const [select, name] = row.children;
  select.firstElementChild.firstElementChild.ariaLabel = `Select order ${number}`;
  name.firstElementChild.href = orderPage(order.orderID);
  name.firstElementChild.firstElementChild.textContent = number;
  rows.set(order.orderID, row);
  boxOf(row).checked = elsewhere.delete(order.orderID);
  return write(row, order);
}

// Cells are found by position, because finding slots by name takes most of the time in a long list.
function write(row, order) {
  const [, , taken, customer, company, phone, by, lines, total, status] = row.children;
  const [who, more, labels] = customer.children;
  row.order = order;
  writeTime(taken.firstElementChild, order.createdAt);
  who.textContent = order.customer.name;
  const { phone: number = "" } = order.customer;
  const { company: shop, email } = order.customer;
  const known = [
    shop || email,
    order.reference && `Ref. ${order.reference}`,
    order.collection && "To be collected",
  ]
    .filter(Boolean)
    .join(" · ");
  more.textContent = known || number;
  if (order.tags || order.assignee || labels.firstChild) labels.replaceChildren(...chipsOf(order));
  company.firstElementChild.textContent = known;
  phone.firstElementChild.textContent = number;
  by.firstElementChild.textContent = order.submittedBy;
  lines.textContent = order.lineCount;
  total.textContent = orderTotal(order);
  writeStatus(status, order);
  return row;
}
