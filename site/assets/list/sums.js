// The line above the list: how many orders it has and what they bring, as far as this is known without reading all of them.
import { byId } from "../lib/dom.js";
import { count, money, whole } from "../lib/format.js";
import { PARTLY, query } from "./address.js";
import { knownTotal } from "./head.js";
import { isSale } from "./sale.js";
import { inOrder } from "./rows.js";

/** Return what orders bring, as "£62.91 · 1 not sold", or "none sold". Amounts of several currencies have no sum. */
export function sumOf(orders) {
  const paid = orders.filter(isSale);
  const left = orders.length - paid.length;
  const [{ currency }] = orders;
  if (orders.some((order) => order.currency !== currency)) return "several currencies";
  if (!paid.length) return "none sold";
  const sum = money(
    paid.reduce((total, order) => total + order.total, 0),
    currency,
  );
  return left ? `${sum} · ${left} not sold` : sum; // cancelled or rejected
}

let sumOfAll = { text: "", of: "" }; // of all pages, and the list on screen at that time

/**
 * Show the line for the rows on screen. If there are more pages, the sum is that of this page, and the line says so. Rows that
 * the filter would not find any more stay in their places, and are counted apart.
 */
export function showSums({ nextCursor }) {
  const orders = inOrder()
    .filter(isFound)
    .map(({ order }) => order);
  const left = inOrder().length - orders.length;
  const parts = [
    counted(orders, nextCursor),
    orders.length && sumOf(orders),
    left && `${whole(left)} no longer ${left === 1 ? "matches" : "match"}`,
  ];
  const ofPage = inOrder().length ? parts.filter(Boolean).join(" · ") : "";
  byId("sums").textContent = sumOfAll.of === shownList() ? sumOfAll.text : ofPage;
  byId("add-up").classList.toggle("unneeded", !hasPages(nextCursor));
}

/** Show and return what these orders of all pages bring, until another list is shown or this one changes. */
export function showSumOfAll(orders, region) {
  const text = `${count(orders.length, "order")} on all pages · ${sumOf(orders)}`;
  sumOfAll = { text, of: shownList() };
  showSums(region);
  return text;
}

/** Return a text that differs between two lists, and after a change of a row. */
const shownList = () =>
  location.search + inOrder().map((row) => [row.order.orderID, row.order.version, isFound(row)].join());

/** Whether the filter finds the order of a row. A change of the status is known before the list is read again. */
const isFound = ({ order, hasLeft, classList }) =>
  !hasLeft && !classList.contains("gone") && order.status === (query().get("status") ?? order.status);

const hasPages = (nextCursor) => nextCursor || query().has("cursor");

function counted(orders, nextCursor) {
  const params = query();
  if (!hasPages(nextCursor)) return count(orders.length, "order");
  const isPart = PARTLY.some((name) => params.has(name));
  const total = isPart ? undefined : knownTotal(params.get("status"));
  const all = total === undefined ? "" : `of ${total.toLocaleString()} `;
  return `${orders.length} ${all}orders on this page`;
}
