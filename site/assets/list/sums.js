// The line above the list: how many orders it has and what they bring, as far as this is known without reading all of them.
import { byId } from "../lib/dom.js";
import { count, money, whole } from "../lib/format.js";
import { PARTLY, query } from "./address.js";
import { knownTotal } from "./head.js";
import { isSale } from "./sale.js";
import { inOrder } from "./rows.js";

/** Return what orders bring, as "£62.91 · 1 not sold". Amounts of several currencies have no sum. */
export function sumOf(orders) {
  const paid = orders.filter(isSale);
  const left = orders.length - paid.length;
  const [{ currency }] = orders;
  if (orders.some((order) => order.currency !== currency)) return "several currencies";
  const sum = money(
    paid.reduce((total, order) => total + order.total, 0),
    currency,
  );
  return left ? `${sum} · ${left} not sold` : sum; // cancelled or rejected
}

/**
 * Show the line for the rows on screen. If there are more pages, the sum is that of this page, and the line says so. Rows that
 * the filter would not find any more stay in their places, and are counted apart.
 */
export function showSums({ nextCursor }) {
  const orders = inOrder()
    .filter(isFound)
    .map(({ order }) => order);
  const left = inOrder().length - orders.length;
  const parts = [counted(orders, nextCursor), orders.length && sumOf(orders), left && `${whole(left)} no longer ${left === 1 ? "matches" : "match"}`];
  byId("sums").textContent = inOrder().length ? parts.filter(Boolean).join(" · ") : "";
}

/** Whether the filter finds the order of a row. A change of the status is known before the list is read again. */
const isFound = ({ order, hasLeft, classList }) =>
  !hasLeft && !classList.contains("gone") && order.status === (query().get("status") ?? order.status);

function counted(orders, nextCursor) {
  const params = query();
  if (!nextCursor && !params.has("cursor")) return count(orders.length, "order");
  const isPart = PARTLY.some((name) => params.has(name));
  const total = isPart ? undefined : knownTotal(params.get("status"));
  const all = total === undefined ? "" : `of ${total.toLocaleString()} `;
  return `${orders.length} ${all}orders on this page`;
}
