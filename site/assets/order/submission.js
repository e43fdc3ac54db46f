// Sends an order and waits until it is placed or rejected. The order's own ID makes both safe to repeat.
import { Unreachable, call } from "../lib/api.js";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const DOCUMENT_FAULTS = [400, 413, 415]; // statuses for a fault of the document, the same at every try

/**
 * Queues the order. An error with `unknown` set leaves open whether the order arrived; with `ofDocument` set, the order
 * can never arrive as it is.
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

/** Resolves to the order once it is placed or rejected. `onSlow` is called after 10 s, while the order is queued. */
export async function decided(orderID, onSlow) {
  for (let wait = 250, waited = 0; ; wait = Math.min(wait * 1.4, 3000)) {
    try {
      return await call("GET", `/orders/${orderID}`);
    } catch (error) {
      const passing =
        error.status === 404 || error.status === 429 || error.status >= 500 || error instanceof Unreachable;
      if (!passing) throw error;
    }
    await pause(wait);
    waited += wait;
    if (waited > 10_000) onSlow();
  }
}
