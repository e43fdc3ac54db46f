// The way from the list to one of its orders and back: the list, its pages before this one, and the row of the order.
import { lastList, nearest } from "../lib/last-list.js";
import { focus, inOrder, rows, selectedOrders } from "./rows.js";

/**
 * Keep the list as a person leaves it, if a followed link leads to one of its orders. From an order among several selected
 * ones, the person goes on to the other selected orders.
 */
export function noteOpened(link, who) {
  const row = link?.closest("#order-rows tr");
  if (!row) return;
  const chosen = selectedOrders();
  const walk = chosen.length > 1 && chosen.includes(row.order) ? chosen : inOrder().map(({ order }) => order);
  const orderIDs = walk.map(({ orderID }) => orderID);
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
