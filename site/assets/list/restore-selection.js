// The selection after a reload of this tab. It comes back for the same filter only.
import { byId } from "../lib/dom.js";
import { showToast } from "../lib/toast.js";
import { sessionEnded } from "../shell/shell.js";
import { filterNow } from "./elsewhere.js";
import { readAll } from "./read-all.js";
import { rows } from "./rows.js";
import { selectMore, showSelection } from "./selection.js";

/** Select the orders of a kept selection besides those selected since. Orders without a row on this page are read. */
export async function restore({ filter, orderIDs }) {
  if (filter !== filterNow()) return showSelection(); // which keeps only the orders selected since
  const orders = orderIDs.map((orderID) => rows.get(orderID)?.order ?? { orderID });
  const read = new Map(orders.filter(({ version }) => version).map((order) => [order.orderID, order]));
  try {
    await readAll(orders, { read, leave: new AbortController() });
  } catch (error) {
    if (!sessionEnded(error))
      showToast(byId("list-note"), `${error.message} Orders on other pages are no longer selected.`);
  }
  if (filter === filterNow()) selectMore([...read.values()].filter(Boolean));
}
