// @ts-check
// Orders that were sent from this browser and that the shop may still be checking.

const KEY = "shop:sent";
const MOST = 10;
const SLOW_MS = 5 * 60_000;
const LISTED_MS = 24 * 3_600_000; // the list of orders has it by then, or it was erased

/** @typedef {{orderID: string, sub: string, at: string}} Sent */

/** @returns {Sent[]} */
export function readSent() {
  try {
    const sent = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(sent) ? sent : [];
  } catch {
    return [];
  }
}

/** @type {(sent: Sent[]) => void} */
function writeSent(sent) {
  try {
    localStorage.setItem(KEY, JSON.stringify(sent.slice(0, MOST)));
  } catch {
    // The list then has the order a moment later.
  }
}

/** @type {(one: Sent) => void} */
export const addSent = (one) =>
  writeSent([one, ...readSent().filter(({ orderID }) => orderID !== one.orderID)]);

/** @type {(orderIDs: string[]) => void} Forget orders that the shop has stored. */
export const removeSent = (orderIDs) =>
  writeSent(readSent().filter(({ orderID }) => !orderIDs.includes(orderID)));

/** @type {(at: string, ms: number) => boolean} */
const isWithin = (at, ms) => Date.now() - Date.parse(at) < ms;

/** @type {(sub: string) => Sent[]} Return the orders of an account that may still be checked. */
export const sentBy = (sub) => readSent().filter((one) => one.sub === sub && isWithin(one.at, LISTED_MS));

/** @type {(orderID: string) => "checking" | "slow" | "missing"} Return the state of an order that the shop does not have. */
export function stateOfSent(orderID) {
  const sent = readSent().find((one) => one.orderID === orderID);
  if (!sent) return "missing";
  return isWithin(sent.at, SLOW_MS) ? "checking" : "slow";
}
