// The calls of the API that read the orders for an address of the list.
import { call, unsearchable } from "../lib/api.js";
import { readPage } from "../lib/paging.js";
import { addressWith, apiQuery, query } from "./address.js";

export const PAGE_SIZE = 50; // orders
const MAX_LIMIT = 100; // orders in one response of the API

/**
 * Read `limit` orders for the query parameters `from` with `changes`. Resolve to {orders, nextCursor}. A text that cannot
 * be searched for finds no orders, without a call of the API.
 */
export async function readOrders({ limit = PAGE_SIZE, changes = {}, from = query(), signal }) {
  if (unsearchable(from.get("q") ?? "")) return { orders: [], nextCursor: null };
  const params = apiQuery(addressWith(changes, from));
  const { rows, nextCursor } = await readPage(
    (part) => readPart(params, part, signal),
    limit,
    params.get("cursor"),
  );
  return { orders: rows, nextCursor };
}

async function readPart(params, { limit, cursor }, signal) {
  params.set("limit", Math.min(MAX_LIMIT, limit));
  if (cursor) params.set("cursor", cursor);
  const { orders, nextCursor } = await call("GET", `/orders?${params}`, { signal });
  return { rows: orders, nextCursor };
}
