// @ts-check
// The lines of a cart beside what the shop sells now, and what they come to.
import { grossOf, rateOf } from "../money.js";

/** @typedef {import("./lines.js").Line} Line */
/** @typedef {import("./facts.js").Facts} Facts */
/** @typedef {{line: Line, facts: Facts | null, price: number, was?: number, fault: string, least?: number}} Checked */

/**
 * Return a line with the present price. `fault` says why it cannot be ordered, and `was` is the price that it had.
 * @type {(line: Line, facts: Facts | null, currency: string) => Checked}
 */
export function checked(line, facts, currency) {
  if (!facts) return { line, facts, price: line.unitPrice, fault: "No longer sold." };
  const price = facts.unitPrice;
  const found = {
    line,
    facts,
    price,
    fault: "",
    ...(price === line.unitPrice ? {} : { was: line.unitPrice }),
  };
  if (facts.currency !== currency)
    return { ...found, was: undefined, fault: "Not sold here: it has a price in another currency." };
  const least = facts.minQuantity;
  return line.quantity < least ? { ...found, least, fault: `At least ${least} in an order.` } : found;
}

/** @type {(one: Checked) => Line} Return a line with the name and the price that the customer has seen now. */
export const asSeen = ({ line, facts }) =>
  facts ? { ...line, name: facts.name, unitPrice: facts.unitPrice } : line;

/**
 * Return what ticked lines come to, without products that are no longer sold. VAT is added to the sum of each rate and rounded. `gross` is undefined if the VAT of a
 * line is not known.
 * @param {Checked[]} lines
 * @param {import("../money.js").Rates} rates
 */
export function sumsOf(lines, rates) {
  const ticked = lines.filter(({ line }) => line.ticked);
  const sold = ticked.filter(({ facts }) => facts);
  /** @type {Map<number | undefined, number>} */
  const byRate = new Map();
  for (const { line, facts, price } of sold) {
    const rate = rateOf(facts?.vatClass, rates);
    byRate.set(rate, (byRate.get(rate) ?? 0) + price * line.quantity);
  }
  const net = [...byRate.values()].reduce((sum, one) => sum + one, 0);
  const isKnown = !byRate.has(undefined);
  const vat = [...byRate].map(([rate = 0, amount]) => grossOf(amount, rate) - amount);
  return {
    count: sold.length,
    net,
    vat: isKnown ? vat.reduce((sum, one) => sum + one, 0) : undefined,
    gross: isKnown ? net + vat.reduce((sum, one) => sum + one, 0) : undefined,
    canBuy: ticked.length > 0 && ticked.every(({ fault }) => !fault),
  };
}
