// The ways of an order on screen. The server decides; this only names the steps (a test compares the two).
export const nextStep = {
  placed: { to: "packed", label: "Mark as packed" },
  packed: { to: "shipped", label: "Mark as shipped" },
  shipped: { to: "delivered", label: "Mark as delivered" },
};
export const cancellable = ["placed", "packed"];
export const journey = ["placed", "packed", "shipped", "delivered"];

export const statusName = (status) => status[0].toUpperCase() + status.slice(1);

/** The status as text beside its mark. */
export function badge(status) {
  const element = document.createElement("span");
  element.className = "status";
  element.dataset.status = status;
  element.textContent = statusName(status);
  return element;
}
