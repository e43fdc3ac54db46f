// The transfer of all orders of one customer to another. It needs no page, and a later run goes on where one ended.
import { fewAtATime } from "../lib/few-at-a-time.js";

const PAGE_SIZE = 100; // orders in one call

/**
 * A transfer between two e-mail addresses by the function `call` of lib/api.js. `done` counts the orders that are
 * transferred, and `failures` has {order, error} for each one that is not. `onProgress` is called after each order.
 */
export class Transfer {
  #finished = new Set(); // the IDs of orders that need no other try in this run
  #queue = [];
  #isStopped = false;
  done = 0;
  failures = [];

  constructor({ from, to, call, onProgress = () => {} }) {
    Object.assign(this, { from, to, call, onProgress });
  }

  /** Resolve to whether every order is transferred. Rejected if the orders cannot be read. */
  async run() {
    this.#isStopped = false;
    for (const { order } of this.failures.splice(0)) this.#finished.delete(order.orderID);
    // The next pass finds the orders that came meanwhile.
    while (!this.#isStopped && (await this.#pass()));
    return !this.#isStopped && !this.failures.length;
  }

  /** Begin no further order. */
  stop() {
    this.#isStopped = true;
    this.#queue.length = 0;
  }

  /** Take one look at all pages of orders. Resolve to whether there were any that no earlier pass had. */
  async #pass() {
    let hasNew = false;
    let cursor = "";
    while (cursor !== null && !this.#isStopped) {
      const query = new URLSearchParams({ customer: this.from, limit: PAGE_SIZE, ...(cursor && { cursor }) });
      const page = await this.call("GET", `/orders?${query}`);
      this.#queue = page.orders.filter(({ orderID }) => !this.#finished.has(orderID));
      hasNew ||= this.#queue.length > 0;
      if (!this.#isStopped) await fewAtATime(this.#queue, (order) => this.#transfer(order));
      cursor = page.nextCursor;
    }
    return hasNew;
  }

  async #transfer(order) {
    try {
      const isMoved = await this.#send(order);
      if (isMoved) this.done++;
    } catch (error) {
      this.failures.push({ order, error });
      if (error.name === "SignedOut") this.stop(); // the session has ended for the other orders too
    }
    this.#finished.add(order.orderID);
    this.onProgress(this);
  }

  /** Send one order, again if it was changed. Resolve to whether it is the other customer's: it may be a third one's, or erased. */
  async #send({ orderID, version, customer }) {
    try {
      await this.call("PATCH", `/orders/${encodeURIComponent(orderID)}`, {
        body: { customer: { email: this.to } },
        version,
      });
      return true;
    } catch (error) {
      const { status, current } = error;
      if (status === 404 || (status === 412 && !current)) return false;
      if (status !== 412) throw error;
      if (current.customer.email !== customer.email) return current.customer.email === this.to;
      return this.#send(current);
    }
  }
}

/** Return the note that the merged customer gets: both notes, unless one has the other already. */
export function mergedNote({ note: one = "" }, { note: other = "" }) {
  if (other.includes(one)) return other;
  return other ? `${other}\n${one}` : one;
}
