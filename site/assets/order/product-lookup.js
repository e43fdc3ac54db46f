// Looks up many SKUs in the catalog, a few at a time.
import { Refused, call } from "../lib/api.js";
import { loadedSchemas } from "../lib/json-schema.js";

const CONCURRENCY = 6;
const MAX_TRIES = 5;
const MAX_PAGES = 5; // of the search for one SKU
const SKU = new RegExp((await loadedSchemas).Item.properties.sku.pattern, "u");
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Looks each SKU up and calls onFound(sku, {product}), ({unknown: true}) or ({error}) as soon as it is known.
 * Case matters only where the catalog has an exact match. Resolves when all are known, or `signal` was aborted.
 */
export async function lookUp(skus, onFound, signal) {
  const waiting = [...skus];
  async function work() {
    while (waiting.length && !signal?.aborted) {
      const sku = waiting.shift();
      const found = await find(sku, signal).catch((error) => ({ error }));
      if (!signal?.aborted) onFound(sku, found);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

async function find(sku, signal) {
  if (!SKU.test(sku)) return { unknown: true };
  for (const written of new Set([sku, sku.toUpperCase(), sku.toLowerCase()])) {
    const product = await get(`/products/${encodeURIComponent(written)}`, signal);
    if (product) return { product };
  }
  return searched(sku, signal);
}

/** Finds a SKU of capital and small letters by the search, which ignores case. */
async function searched(sku, signal) {
  const wanted = sku.toLowerCase();
  let cursor = "";
  for (let page = 0; page < MAX_PAGES && cursor !== null; page++) {
    const query = new URLSearchParams({ q: wanted, limit: 100, ...(cursor && { cursor }) });
    const { products, nextCursor } = await get(`/products?${query}`, signal);
    const product = products.find((one) => one.sku.toLowerCase() === wanted);
    if (product) return { product };
    cursor = nextCursor;
  }
  return { unknown: true };
}

/** The response, or null for 404. After 429 and server errors it waits and tries again. */
async function get(path, signal) {
  for (let tried = 1; ; tried++) {
    try {
      return await call("GET", path, { signal });
    } catch (error) {
      if (error.status === 404) return null;
      if (!(error instanceof Refused) || error.status < 429 || tried === MAX_TRIES) throw error;
    }
    await pause(2 ** tried * 100);
  }
}
