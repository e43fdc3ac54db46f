// The details of many orders of the list, such as their lines.
import { call } from "../lib/api.js";

/** How many orders one document of papers has, and how many are selected at once without a look at their pages. */
export const MAX_ORDERS = 500;

const CONCURRENCY = 4; // calls at the same time, far below the API's limit

/**
 * Read orders into the map `read` by orderID, a few at a time: an order, or null if it was erased meanwhile. Orders that are in
 * the map are not read again. `onRead` is called after each one.
 */
export async function readAll(orders, { read, leave, onRead = () => {} }) {
  const waiting = orders.filter(({ orderID }) => !read.has(orderID));
  const work = async () => {
    for (let order; (order = waiting.shift()); onRead())
      read.set(order.orderID, await readOne(order, leave.signal));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

const readOne = ({ orderID }, signal) =>
  call("GET", `/orders/${encodeURIComponent(orderID)}`, { signal }).catch((error) => {
    if (error.status !== 404) throw error;
    return null;
  });
