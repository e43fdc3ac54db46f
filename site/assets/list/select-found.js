// The selection of all orders that the list finds, on all of its pages.
import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { showToast } from "../lib/toast.js";
import { sessionEnded } from "../shell/shell.js";
import { query } from "./address.js";
import { MAX_ORDERS } from "./read-all.js";
import { selectMore } from "./selection.js";

const PAGE_SIZE = 100; // orders in one call
const button = byId("select-found");

/** Read all orders of the list and select them. More than MAX_ORDERS are not selected. */
export async function selectFound(list) {
  const leave = new AbortController();
  list.region.addEventListener("view", () => leave.abort(), { once: true }); // another page or list was visited
  button.disabled = true;
  try {
    const orders = await readFound(list, leave.signal);
    if (!leave.signal.aborted) select(orders);
  } catch (error) {
    if (!leave.signal.aborted && !sessionEnded(error))
      showToast(byId("list-note"), `${error.message} No more orders were selected.`);
  } finally {
    button.disabled = false;
  }
}

function select(orders) {
  if (orders.length > MAX_ORDERS)
    return showToast(
      byId("list-note"),
      `The list has more than ${count(MAX_ORDERS, "order")}. Choose a status, a day or a customer first.`,
    );
  selectMore(orders);
  return byId("move-selected").focus();
}

async function readFound(list, signal) {
  const [orders, from] = [[], query()];
  let cursor = null;
  do {
    const found = await list.read({ limit: PAGE_SIZE, from, changes: { cursor }, signal });
    orders.push(...found.orders);
    cursor = found.nextCursor;
  } while (cursor && orders.length <= MAX_ORDERS);
  return orders;
}
