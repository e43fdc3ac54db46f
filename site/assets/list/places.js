// Where an order stands in the list: before or after another one, on this page or on a later one.
import { query } from "./address.js";
import { inOrder, rows, selected } from "./rows.js";

const sort = () => query().get("sort");
const byTotal = () => ["largest", "smallest"].includes(sort());
const upwards = () => ["oldest", "smallest"].includes(sort());

/** When an order was taken, and which one at the same moment, as a text that sorts like them. */
export const moment = ({ createdAt, orderID }) => `${createdAt}#${orderID}`;

const place = (order) =>
  byTotal() ? `${String(order.total).padStart(15, "0")}#${order.orderID}` : moment(order);

/** Whether an order stands before another one in this sort. */
export const before = (one, other) => (upwards() ? place(one) < place(other) : place(one) > place(other));

/** Whether an order that has no row would stand on this page, and not on a later one. */
export function belongs(order, nextCursor) {
  const last = inOrder().at(-1);
  return !rows.has(order.orderID) && (!nextCursor || !last || before(order, last.order));
}

/** Whether new orders come in at the top of this page. */
export const isOnTop = () => !query().has("cursor") && !query().has("sort");

/** Whether somebody works in the list, so that nothing may move there. */
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
