// @ts-check
// Orders that were sent from this browser and that the shop may still be checking.

const KEY = "shop:sent";
const MOST = 10;

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

/** @type {(sub: string) => Sent[]} Return the orders of an account that may still be checked. */
export const sentBy = (sub) => readSent().filter((one) => one.sub === sub);
