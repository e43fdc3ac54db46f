// @ts-check
// The facts and prices of products as they are now, from the files beside their pages.
import { fewAtATime } from "../../../assets/lib/few-at-a-time.js";

/**
 * @typedef {{sku: string, name: string, unit: string, unitPrice: number, currency: string, sign: string, digits: number,
 *   minQuantity: number, packSize?: number, vatClass?: string, image?: string, address: string, category: string,
 *   sheet?: {path: string, version: string, date: string}}} Facts
 */

/**
 * Resolve to the facts of products by SKU, null for a product that is no longer sold.
 * @param {string[]} skus
 * @returns {Promise<Map<string, Facts | null>>}
 */
export async function factsOf(skus) {
  /** @type {Map<string, Facts | null>} */
  const found = new Map();
  await fewAtATime([...new Set(skus)], async (sku) => {
    found.set(sku, await readFacts(sku));
  });
  return found;
}

/** @type {(sku: string) => Promise<Facts | null>} */
async function readFacts(sku) {
  const failed = new Error("The prices could not be loaded. Check the connection.");
  const response = await fetch(`/product/${sku}`).catch(() => {
    throw failed;
  });
  if (response.status === 404) return null;
  if (!response.ok) throw failed;
  return response.json();
}
