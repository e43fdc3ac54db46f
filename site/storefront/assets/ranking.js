// @ts-check
// The search in the index of the shop, ranked as lambdas/shop/product_search.py ranks it. A test compares both.
import { amountText, grossOf, rateOf } from "./money.js";
import { fold, isUnspaced, productWords, queryWords, readings, textWords } from "./words.js";

// Ranks. The rank of the beginning of a word is one more than that of a whole word.
const EXACT_SKU = 0;
const IN_NAME = 1;
const IN_TEXT = 3;

/**
 * @typedef {object} Index the columns of lambdas/shop/storefront_index.py
 * @property {string[]} sku
 * @property {string[]} name
 * @property {number[]} price in minor units
 * @property {number[]} unit
 * @property {number[]} category
 * @property {number[]} currency
 * @property {number[]} vatClass
 * @property {string[]} words
 * @property {string[]} units
 * @property {string[]} categories
 * @property {string[]} currencies
 * @property {string[]} vatClasses
 * @property {string[]} signs
 * @property {number[]} digits
 */

/** @typedef {{code: string, name: string, text: string}} Sought a product's SKU, and its words with blanks around each */

/**
 * Return a function that takes a query and returns the places of the products in the index that match, the best first.
 * @param {Index} index
 */
export function searchIn(index) {
  const products = soughtIn(index);
  return (/** @type {string} */ query) => {
    const words = queryWords(query);
    const ways = words.map(readings);
    const only = words.length === 1 ? words[0] : undefined;
    return products
      .map((product, at) => ({ at, rank: product.code === only ? EXACT_SKU : rankOf(product, ways) }))
      .filter(({ rank }) => words.length > 0 && rank < Infinity)
      .toSorted((one, other) => one.rank - other.rank || one.at - other.at)
      .map(({ at }) => at);
  };
}

/** @type {(index: Index) => Sought[]} */
function soughtIn(index) {
  const categories = index.categories.map((name) => textWords(name).join(" "));
  return index.sku.map((sku, at) => ({
    code: fold(sku).replace(/[._-]+$/, ""),
    name: ` ${productWords(sku, index.name[at]).join(" ")} `,
    text: ` ${categories[index.category[at]]} ${index.words[at]} `,
  }));
}

/** @type {(product: Sought, ways: string[][][]) => number} Return the rank by the word that fits worst. */
function rankOf(product, ways) {
  let worst = EXACT_SKU;
  for (const readingsOfWord of ways) {
    worst = Math.max(worst, Math.min(...readingsOfWord.map((parts) => rankOfParts(product, parts))));
    if (worst === Infinity) break;
  }
  return worst;
}

/** @type {(product: Sought, parts: string[]) => number} */
const rankOfParts = (product, parts) => Math.max(...parts.map((part) => rankOfPart(product, part)));

/** @type {(product: Sought, part: string) => number} Return the rank of a part of a query, or Infinity without it. */
function rankOfPart({ name, text }, part) {
  const beginning = isUnspaced(part) ? part : ` ${part}`;
  if (name.includes(` ${part} `)) return IN_NAME;
  if (name.includes(beginning)) return IN_NAME + 1;
  if (text.includes(` ${part} `)) return IN_TEXT;
  return text.includes(beginning) ? IN_TEXT + 1 : Infinity;
}

/**
 * Return the texts of a product in the index: as a card shows it. `gross` is empty if its VAT is not known or 0.
 * @param {Index} index
 * @param {number} at
 * @param {Record<string, number>} rates in hundredths of a percent by VAT class
 */
export function cardOf(index, at, rates) {
  const net = index.price[at];
  const vatClass = index.vatClasses[index.vatClass[at]];
  const known = Object.keys(rates).length > 0;
  const rate = rateOf(vatClass, rates);
  const without = rate === undefined && known ? "plus VAT" : "ex VAT";
  const [sign, digits] = [index.signs[index.currency[at]], index.digits[index.currency[at]]];
  return {
    sku: index.sku[at],
    name: index.name[at],
    unit: index.units[index.unit[at]],
    minor: net,
    net: amountText(net, { sign, digits }),
    gross: rate ? amountText(grossOf(net, rate), { sign, digits }) : "",
    note: rate === 0 ? "no VAT" : without,
  };
}
