// The orders that the list finds, on all of its pages.
import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { showToast } from "../lib/toast.js";
import { sessionEnded } from "../shell/shell.js";
import { query } from "./address.js";
import { MAX_ORDERS } from "./read-all.js";

const PAGE_SIZE = 100; // orders in one call

/**
 * Read all orders of the list. Resolve to them, or to null if the person visits another page or list meanwhile. It is null too
 * if there are more than MAX_ORDERS, or after an error: a toast then says why they are not "selected", or what `done` says.
 * `onRead` is called with the number of orders after each call of the API.
 */
export async function readFound(list, done, onRead = () => {}) {
  const leave = new AbortController();
  list.region.addEventListener("view", () => leave.abort(), { once: true });
  try {
    const orders = await readPages(list, leave.signal, onRead);
    if (orders.length <= MAX_ORDERS) return leave.signal.aborted ? null : orders;
    explain(
      `The list has more than ${count(MAX_ORDERS, "order")}, which are not ${done} at once. Choose a status, a day or a customer first.`,
    );
  } catch (error) {
    if (!leave.signal.aborted && !sessionEnded(error))
      explain(`${error.message} The orders on the other pages were not ${done}.`);
  }
  return null;
}

const explain = (text) => showToast(byId("list-note"), text);

async function readPages(list, signal, onRead) {
  const [orders, from] = [[], query()];
  let cursor = null;
  do {
    const found = await list.read({ limit: PAGE_SIZE, from, changes: { cursor }, signal });
    orders.push(...found.orders);
    onRead(orders.length);
    cursor = found.nextCursor;
  } while (cursor && orders.length <= MAX_ORDERS);
  return orders;
}
