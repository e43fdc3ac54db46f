// The lookup of many SKUs in the catalog, a few at a time.
import { Refused, call } from "../lib/api.js";
import { loadedSchemas } from "../lib/json-schema.js";

const CONCURRENCY = 6;
const MAX_TRIES = 5;
const MAX_TWINS = 10; // SKUs that differ in capitals and signs at their end only
const SKU = new RegExp((await loadedSchemas).Item.properties.sku.pattern, "u");
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Look up each SKU, and call onFound(sku, outcome) as soon as the outcome is known: {product}, {unknown: true} or {error}.
 * An exact match is preferred to one in another case. Resolve when all outcomes are known, or `signal` was aborted.
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
  return searchFor(sku, signal);
}

/** Find a SKU that mixes capital and small letters. The search of the catalog ignores case, and finds the whole SKU first. */
async function searchFor(sku, signal) {
  const wanted = sku.toLowerCase();
  const query = new URLSearchParams({ q: wanted, limit: MAX_TWINS });
  const { products } = await get(`/products?${query}`, signal);
  const product = products.find((one) => one.sku.toLowerCase() === wanted);
  return product ? { product } : { unknown: true };
}

/** Resolve to the response, or to null for 404. Wait and try again after 429 and server errors. */
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
