// @ts-check
// The list of orders as a person left it in this tab, for the way back and for the orders before and after the open one.
import { draft } from "./draft.js";

/**
 * Return functions that load, save and clear the list: {address, trail, orderIDs, back}. `trail` has the cursors of the
 * pages before, and `back` is the order from which the person returns. Nothing of the orders but their IDs is kept.
 * @param {{email: string}} who
 */
export const lastList = (who) => draft("list", who);

/**
 * Return the IDs by nearness to one of them: itself, those after it, those before it.
 * @type {(orderIDs: string[], orderID: string) => string[]}
 */
export function nearest(orderIDs, orderID) {
  const at = orderIDs.indexOf(orderID);
  return [...orderIDs.slice(at), ...orderIDs.slice(0, at).toReversed()];
}
