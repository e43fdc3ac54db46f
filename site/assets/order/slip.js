// That the packing slip of an order was printed, which the order remembers until an edit makes the slip wrong.
import { call } from "../lib/api.js";

/** Record that the packing slip of an order was printed. Resolve to the stored order. */
export const recordSlip = ({ orderID }) =>
  call("PATCH", `/orders/${encodeURIComponent(orderID)}`, { body: { printed: "slip" } });

/** Return the entries of an order's history about printed slips, the oldest first. */
export const slipsOf = ({ history }) => history.filter(({ event }) => event === "printed");

/** Whether the order was edited since its packing slip was printed, so that the slip shows something else. */
export const isSlipOutdated = (order) => !order.slipPrintedAt && slipsOf(order).length > 0;
