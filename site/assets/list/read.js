// Reads the orders that an address of the list asks for.
import { call, unsearchable } from "../lib/api.js";
import { readPage } from "../lib/paging.js";
import { addressWith, query, question } from "./address.js";

export const PAGE_SIZE = 50; // orders
const MAX_LIMIT = 100; // orders in one response of the API

/**
 * Reads `limit` orders of the list `from`, with `changes` to what it asks for. Resolves to {orders, nextCursor}. A text
 * that cannot be searched for finds nothing, and the API is not asked.
 */
export async function readOrders({ limit = PAGE_SIZE, changes = {}, from = query(), signal }) {
  if (unsearchable(from.get("q") ?? "")) return { orders: [], nextCursor: null };
  const asked = question(addressWith(changes, from));
  const { rows, nextCursor } = await readPage(
    (part) => readPart(asked, part, signal),
    limit,
    asked.get("cursor"),
  );
  return { orders: rows, nextCursor };
}

async function readPart(asked, { limit, cursor }, signal) {
  asked.set("limit", Math.min(MAX_LIMIT, limit));
  if (cursor) asked.set("cursor", cursor);
  const { orders, nextCursor } = await call("GET", `/orders?${asked}`, { signal });
  return { rows: orders, nextCursor };
}
