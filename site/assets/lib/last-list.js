// @ts-check
// The lists of orders and customers as a person left them in this tab, for the way back and for the orders before and after
// the open one.
import { draft } from "./draft.js";

/**
 * Return functions that load, save and clear the list: {address, trail, orderIDs, back}. `trail` has the cursors of the
 * pages before, and `back` is the order from which the person returns. Nothing of the orders but their IDs is kept.
 * @param {{email: string}} who
 */
export const lastList = (who) => draft("list", who);

/**
 * Return functions that load, save and clear the list of customers: {address, trail, back}. `back` is the e-mail address of
 * the customer from whom the person returns.
 * @param {{email: string}} who
 */
export const lastCustomers = (who) => draft("customers", who);

/**
 * Return the address of the list from which an order was opened. The list then focuses the row of the order, or the nearest
 * row if the order is gone.
 * @type {(who: {email: string}, orderID: string) => string}
 */
export function backToList(who, orderID) {
  const list = lastList(who).load();
  if (!list?.orderIDs.includes(orderID)) return "/orders.html";
  lastList(who).save({ ...list, back: orderID });
  return list.address;
}

/**
 * Return the IDs by nearness to one of them: itself, those after it, those before it.
 * @type {(orderIDs: string[], orderID: string) => string[]}
 */
export function nearest(orderIDs, orderID) {
  const at = orderIDs.indexOf(orderID);
  return [...orderIDs.slice(at), ...orderIDs.slice(0, at).toReversed()];
}
