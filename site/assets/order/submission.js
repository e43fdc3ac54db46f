// The sending of an order, and the wait until it is placed or rejected. Both can be repeated, because the ID is the same.
import { Unreachable, call } from "../lib/api.js";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const DOCUMENT_FAULTS = [400, 413, 415]; // statuses for a fault of the document, which fails at every try

/**
 * Put the order on the queue. If an error has `unknown` set, the order may have arrived. If it has `ofDocument` set, the API
 * refuses this document at every try.
 */
export async function send(order) {
  try {
    await call("POST", "/orders", { body: order });
  } catch (error) {
    error.unknown = error instanceof Unreachable || error.status >= 500;
    error.ofDocument = DOCUMENT_FAULTS.includes(error.status);
    throw error;
  }
}

/**
 * Resolve to the order once it is placed or rejected. After 10 s, each try that finds it still queued calls `onSlow`. Each such
 * try also awaits `onMissing`, whose error ends the wait.
 */
export async function decided(orderID, onSlow, onMissing = () => {}) {
  for (let wait = 250, waited = 0; ; wait = Math.min(wait * 1.4, 3000)) {
    try {
      return await call("GET", `/orders/${orderID}`);
    } catch (error) {
      const passing =
        error.status === 404 || error.status === 429 || error.status >= 500 || error instanceof Unreachable;
      if (!passing) throw error;
      await onMissing();
    }
    await pause(wait);
    waited += wait;
    if (waited > 10_000) onSlow();
  }
}
