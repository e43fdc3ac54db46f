// The selected orders without a row on screen, because they are on other pages of the same list.
import { addressWith } from "./address.js";

/** These orders by orderID. */
export const elsewhere = new Map();

let filter;

/** Return the address of the first page of this list, which names its filter. */
export const filterNow = () => addressWith({ cursor: null, sort: null });

/** Note that a page of the list is shown in place of another. Another filter forgets the selection, another sort does not. */
export function turnPage(selectedOrders) {
  for (const order of selectedOrders) elsewhere.set(order.orderID, order);
  const before = filter;
  filter = filterNow();
  if (before !== filter) elsewhere.clear();
}
