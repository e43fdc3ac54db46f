// The rows of the list: one table row for each order. A change of an order rewrites its row in place.
import { byId } from "../lib/dom.js";
import { orderNumber, orderTotal, writeBadge, writeTime } from "../lib/format.js";
import { lastList, nearest } from "../lib/last-list.js";
import { orderPage } from "../lib/links.js";

const body = byId("order-rows");
const blank = byId("order-row").content.firstElementChild;

/** The rows on screen by orderID. `row.order` is the order that a row shows. */
export const rows = new Map();

/** Return the rows on screen from top to bottom. */
export const inOrder = () => [...body.children].filter((row) => row.order);

export const selected = () => inOrder().filter((row) => boxOf(row).checked);
export const boxOf = (row) => row.querySelector("input");

/** Show these orders in place of the rows on screen. bench/rendering.py measures this with a thousand orders. */
export function showRows(orders) {
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

/**
 * Keep the list as a person leaves it, if a followed link leads to one of its orders. From an order among several selected
 * ones, the person goes on to the other selected orders.
 */
export function noteOpened(link, who) {
  const row = link?.closest("#order-rows tr");
  if (!row) return;
  const chosen = selected();
  const walk = chosen.length > 1 && chosen.includes(row) ? chosen : inOrder();
  const orderIDs = walk.map(({ order }) => order.orderID);
  lastList(who).save({ address: address(), trail: history.state?.trail, orderIDs });
  history.replaceState({ ...history.state, opened: nearest(orderIDs, row.order.orderID) }, "");
}

const address = () => location.pathname + location.search;

/** After a link from an order back to this list, restore the pages before this one and the order's row in the history. */
export function recallPlace(who) {
  const { back, ...list } = lastList(who).load() ?? {};
  if (!back || list.address !== address()) return;
  lastList(who).save(list);
  history.replaceState({ trail: list.trail, opened: nearest(list.orderIDs, back) }, "");
}

/** After returning from an order, put the focus on its row. If the list has the order no more, focus the nearest row. */
export function returnToRow() {
  const { opened, ...state } = history.state ?? {};
  if (!opened) return;
  history.replaceState(state, "");
  const found = opened.find((orderID) => rows.has(orderID));
  if (found) focus(rows.get(found));
}

/** Notify the modules that count or watch the rows (selection, new orders) that rows or tick boxes have changed. */
export const notifyChange = () => body.dispatchEvent(new Event("rows", { bubbles: true }));

function newRow(order) {
  const row = blank.cloneNode(true);
  const number = orderNumber(order);
  const [select, name] = row.children;
  select.firstElementChild.firstElementChild.ariaLabel = `Select order ${number}`;
  name.firstElementChild.href = orderPage(order.orderID);
  name.firstElementChild.firstElementChild.textContent = number;
  rows.set(order.orderID, row);
  return write(row, order);
}

// Cells are found by position, because finding slots by name takes most of the time in a long list.
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
  status.lastElementChild.textContent = order.settledAt ? "dealt with" : "";
  return row;
}
