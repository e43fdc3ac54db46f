// The ways of an order on screen. The server decides; this only names the steps (a test compares the two).
export const nextStep = {
  placed: { to: "packed", label: "Mark as packed" },
  packed: { to: "shipped", label: "Mark as shipped" },
  shipped: { to: "delivered", label: "Mark as delivered" },
};
export const cancellable = ["placed", "packed"];
export const journey = ["placed", "packed", "shipped", "delivered"];

export { badge, statusName } from "./format.js";
