// @ts-check
// The orders of the account that a page has read so far, the newest first.
import { call } from "../../../assets/lib/api.js";

/** @typedef {{orders: any[], nextCursor: string | null}} Page */

/**
 * Read a page of orders, the newest without a cursor.
 * @type {(limit: string, cursor: string, send?: typeof call) => Promise<Page>}
 */
export const readOrders = (limit, cursor, send = call) =>
  send("GET", `/orders?limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);

/** The orders that are shown, and the cursor of those that follow. */
export class OrderHistory {
  /** @type {any[]} */
  orders = [];
  /** @type {string | null | undefined} */
  next; // the cursor of older orders, null after the oldest one

  /** @param {(cursor: string) => Promise<Page>} read */
  constructor(read) {
    this.read = read;
  }

  /** Read the first page anew. Older orders that were read before stay. Resolve to the orders of the page. */
  async look() {
    const { orders, nextCursor } = await this.read("");
    const known = new Set(orders.map(({ orderID }) => orderID));
    const older = this.orders.filter(({ orderID }) => !known.has(orderID));
    if (!older.length) this.next = nextCursor;
    this.orders = [...orders, ...older];
    return orders;
  }

  /** Read the next page. Resolve to its orders, without those that a double press has read already. */
  async older() {
    if (this.next === null) return [];
    const { orders, nextCursor } = await this.read(this.next ?? "");
    const known = new Set(this.orders.map(({ orderID }) => orderID));
    const others = orders.filter(({ orderID }) => !known.has(orderID));
    this.orders = [...this.orders, ...others];
    this.next = nextCursor;
    return others;
  }
}
