// @ts-check
// The sums of an order with VAT, and the safety data sheets of its products.
import { sumsOf } from "../cart/sums.js";

/** @typedef {Map<string, import("../cart/facts.js").Facts | null>} Known */
/** @typedef {{sku: string, quantity: number, name?: string, unitPrice?: number}} Item */

/**
 * Return {count, net, vat, gross} of an order by the VAT of its products now. `vat` and `gross` are undefined if that of a
 * line is not known, because its product is no longer sold, or if there are charges, whose VAT only the invoice knows.
 * @param {{items: Item[], charges?: unknown[], total: number}} order
 * @param {Known} known
 * @param {import("../money.js").Rates} rates
 */
export function sumsOfOrder({ items, charges = [], total }, known, rates) {
  const lines = items.map(({ sku, quantity, name = sku, unitPrice = 0 }) => ({
    line: { sku, quantity, ticked: true, name, unitPrice },
    facts: known.get(sku) ?? null,
    price: unitPrice,
    fault: "",
  }));
  const { vat, gross } = sumsOf(lines, rates);
  const isKnown = !charges.length && lines.every(({ facts }) => facts);
  return {
    count: items.length,
    net: total,
    vat: isKnown ? vat : undefined,
    gross: isKnown ? gross : undefined,
  };
}

/**
 * Return the safety data sheets of the products of an order, each once, in its sequence.
 * @param {Item[]} items
 * @param {Known} known
 */
export function sheetsOf(items, known) {
  const skus = [...new Set(items.map(({ sku }) => sku))];
  return skus.flatMap((sku) => {
    const facts = known.get(sku);
    return facts?.sheet ? [{ name: facts.name, ...facts.sheet }] : [];
  });
}
