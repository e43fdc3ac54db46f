// @ts-check
// The words and the pauses of the pages of orders.

/** @type {Record<string, string>} */
const WORDS = {
  checking: "Being checked",
  placed: "Placed",
  packed: "Packed",
  shipped: "On its way",
  delivered: "Delivered",
  cancelled: "Cancelled",
  rejected: "Not accepted",
};
/** @type {Record<string, string>} */
const COLLECTED = { shipped: "Ready to collect", delivered: "Collected" };
/** @type {Record<string, string>} */
const MEANINGS = {
  checking: "We have received it, and check prices and products. This takes some seconds.",
  placed: "It is accepted. You can still cancel it.",
  packed: "It is packed, and can no longer be cancelled here.",
  shipped: "It has left us, and is on its way to you.",
  delivered: "It has arrived.",
  cancelled: "It was cancelled. You do not pay anything.",
  rejected: "We could not accept it, and you do not pay anything. These are the reasons:",
};
/** @type {Record<string, string>} */
const FIELDS = { agreedTotal: "The total that you saw", "customer.name": "Your name" };
const CHECKED_MS = 2_000; // of an order that the customer waits for
const SOON_MS = 5_000;
const LATER_MS = 30_000;

/** @type {(status: string, isCollected?: boolean) => string} */
export const statusWord = (status, isCollected = false) =>
  (isCollected && COLLECTED[status]) || WORDS[status] || status;

/** @type {(status: string, isCollected?: boolean) => string} */
export const meaningOf = (status, isCollected = false) =>
  isCollected && status === "shipped" ? "It waits for you." : (MEANINGS[status] ?? "");

/** @type {(statuses: string[]) => number} Return the milliseconds until a page of orders asks again. */
export function pauseFor(statuses) {
  if (statuses.includes("checking")) return CHECKED_MS;
  return statuses.includes("placed") ? SOON_MS : LATER_MS;
}

/**
 * Return a reason for a rejection: items[2].sku is that of the third line.
 * @type {(reason: {path: string, message: string}, items: {sku: string, name?: string}[]) => string}
 */
export function reasonText({ path, message }, items) {
  const line = items[Number(/^items\[(\d+)\]/.exec(path)?.[1] ?? -1)];
  const field = FIELDS[path] ?? path.split(".").at(-1);
  const text = /^(?:must|is|has) /.test(message) ? `${field} ${message}` : message;
  return line ? `${line.name ?? line.sku}: ${text}` : text;
}
