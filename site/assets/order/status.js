// The ways of an order on screen. The server decides; this only names the steps (a test compares the two).
export const nextStep = {
  placed: { to: "packed", label: "Mark as packed" },
  packed: { to: "shipped", label: "Mark as shipped" },
  shipped: { to: "delivered", label: "Mark as delivered" },
};
export const cancellable = ["placed", "packed"];
export const journey = ["placed", "packed", "shipped", "delivered"];
export const DOUBLE_PRESS_MS = 600; // ms: a step that is asked for again within them was meant once

/** Whether a refusal because somebody was first meets one's own change of `order`: its answer was lost on the way. */
export const isOwnChange = (order, current, who) =>
  current.version === order.version + 1 && current.history.at(-1).by === who.email;

export { badge, statusName } from "../lib/format.js";
