// The moves of an order that need a reason.
import { Reason } from "./reason.js";
import { SETTLED, cancellable, isSettledByHand, isUnsettled, settlement, stepBack } from "./status.js";

/** Return the dialogs of these moves, with their buttons wired. `page` is that of order.js. */
export const movesWithReason = (page) => [
  new Reason(page, "cancel", {
    targetOf: ({ status }) => cancellable.includes(status) && "cancelled",
    moved: "cancelled",
  }),
  new Reason(page, "back", {
    targetOf: stepBack,
    moved: "moved back",
  }),
  new Reason(page, "settle", {
    targetOf: (order) => isUnsettled(order) && SETTLED,
    stateOf: settlement,
    bodyOf: () => ({ settled: {} }),
    moved: "marked as dealt with",
  }),
  new Reason(page, "unsettle", {
    targetOf: (order) => isSettledByHand(order) && order.status,
    stateOf: settlement,
    bodyOf: () => ({ settled: { undone: true } }),
    moved: "taken up again",
  }),
];
