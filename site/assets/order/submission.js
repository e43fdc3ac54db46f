// Sends an order and waits until it is placed or rejected. The order's own ID makes both safe to repeat.
import { Unreachable, call } from "../lib/api.js";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const OF_DOCUMENT = [400, 413, 415]; // what the gateway says of the document itself, each time the same

/**
 * Queues the order. An error with `unknown` set means that it may have arrived all the same, one with `ofDocument`
 * that this document never can.
 */
export async function send(order) {
  try {
    await call("POST", "/orders", { body: order });
  } catch (error) {
    error.unknown = error instanceof Unreachable || error.status >= 500;
    error.ofDocument = OF_DOCUMENT.includes(error.status);
    throw error;
  }
}

/** The order once it is decided. While it is not found it is still in the queue; onSlow runs when that takes long. */
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
