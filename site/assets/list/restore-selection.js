// The selection after a reload of this tab. It comes back for the same filter only.
import { byId } from "../lib/dom.js";
import { showToast } from "../lib/toast.js";
import { sessionEnded } from "../shell/shell.js";
import { filterNow } from "./elsewhere.js";
import { readAll } from "./read-all.js";
import { rows } from "./rows.js";
import { keptSelection, selectMore } from "./selection.js";

/** Select the orders again that were selected before. Those without a row on this page are read by their IDs. */
export async function restore() {
  const { filter, orderIDs } = keptSelection().load();
  if (filter !== filterNow()) return keptSelection().clear();
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
