// That the packing slip of an order was printed, which the order remembers until an edit makes the slip wrong.
import { call } from "../lib/api.js";

const EDITED = "somebody changed the order during the print. Print the slip again.";

/**
 * Record that the packing slip of this version of an order was printed, unless somebody edited the order during the print.
 * Resolve to the stored order.
 */
export async function recordSlip(order) {
  const { orderID, version } = order;
  try {
    return await call("PATCH", `/orders/${encodeURIComponent(orderID)}`, {
      body: { printed: "slip" },
      version,
    });
  } catch (error) {
    const { status, current } = error;
    if (status !== 412 || !current) throw error;
    if (isEdited(order, current)) throw new Error(EDITED, { cause: error });
    return recordSlip(current);
  }
}

const isEdited = ({ history }, current) =>
  current.history.slice(history.length).some(({ event }) => event === "edited");

/** Return the entries of an order's history about printed slips, the oldest first. */
export const slipsOf = ({ history }) => history.filter(({ event }) => event === "printed");

/** Whether the order was edited since its packing slip was printed, so that the slip shows something else. */
export const isSlipOutdated = (order) => !order.slipPrintedAt && slipsOf(order).length > 0;
