// The details of many orders of the list, such as their lines.
import { call } from "../lib/api.js";
import { fewAtATime } from "../lib/few-at-a-time.js";

/** How many orders one document of papers has, and how many are selected at once without a look at their pages. */
export const MAX_ORDERS = 500;

/**
 * Read orders into the map `read` by orderID, a few at a time: an order, or null if it was erased meanwhile. Orders that are in
 * the map are not read again. `onRead` is called after each one.
 */
export async function readAll(orders, { read, leave, onRead = () => {} }) {
  const waiting = orders.filter(({ orderID }) => !read.has(orderID));
  await fewAtATime(waiting, async (order) => {
    read.set(order.orderID, await readOne(order, leave.signal));
    onRead();
  });
}

const readOne = ({ orderID }, signal) =>
  call("GET", `/orders/${encodeURIComponent(orderID)}`, { signal }).catch((error) => {
    if (error.status !== 404) throw error;
    return null;
  });
