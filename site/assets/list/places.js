// The place of an order in the list: before or after another order, on this page or on a later one.
import { query } from "./address.js";
import { inOrder, rows, selected } from "./rows.js";

const sort = () => query().get("sort");
const byTotal = () => ["largest", "smallest"].includes(sort());
const upwards = () => ["oldest", "smallest"].includes(sort());

/** Return a text that sorts orders by the time at which they were taken, and by ID if the times are equal. */
export const moment = ({ createdAt, orderID }) => `${createdAt}#${orderID}`;

const place = (order) =>
  byTotal() ? `${String(order.total).padStart(15, "0")}#${order.orderID}` : moment(order);

/** Whether an order comes before another one in the list's sort. */
export const before = (one, other) => (upwards() ? place(one) < place(other) : place(one) > place(other));

/** Whether an order has no row yet and belongs on this page, not on a later one. */
export function belongs(order, nextCursor) {
  const last = inOrder().at(-1);
  return !rows.has(order.orderID) && (!nextCursor || !last || before(order, last.order));
}

/** Whether new orders belong at the top of this page, because it is the first one of the usual sort. */
export const isOnTop = () => !query().has("cursor") && !query().has("sort");

/** Whether somebody is working in the list, so that no row may move. */
export function isInHand(region) {
  const text = getSelection();
  return (
    region.matches(":hover") ||
    region.contains(document.activeElement) ||
    region.getBoundingClientRect().top < 0 ||
    selected().length > 0 ||
    (!text.isCollapsed && region.contains(text.anchorNode)) ||
    document.querySelector("dialog[open]") !== null
  );
}
