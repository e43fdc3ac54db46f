// @ts-check
// The search in the index of the shop, ranked as lambdas/shop/product_search.py ranks it. A test compares both.
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

/**
 * Return a function that takes a query and returns the places of the products in the index that match, the best first.
 * @param {Index} index
 */
export function searchIn(index) {
  const categories = index.categories.map((name) => textWords(name).join(" "));
  const codes = index.sku.map((sku) => fold(sku).replace(/[._-]+$/, ""));
  const names = index.sku.map((sku, at) => ` ${productWords(sku, index.name[at]).join(" ")} `);
  const texts = index.words.map((words, at) => ` ${categories[index.category[at]]} ${words} `);

  /** @type {(at: number, part: string) => number} Return the rank of one product, or Infinity without the part. */
  function rankOfPart(at, part) {
    const beginning = isUnspaced(part) ? part : ` ${part}`;
    for (const [text, rank] of /** @type {[string, number][]} */ ([[names[at], IN_NAME], [texts[at], IN_TEXT]])) {
      if (text.includes(` ${part} `)) return rank;
      if (text.includes(beginning)) return rank + 1;
    }
    return Infinity;
  }

  /** @type {(at: number, ways: string[][]) => number} Return the rank by the reading of a word that fits best. */
  const rankOfWord = (at, ways) =>
    Math.min(...ways.map((parts) => Math.max(...parts.map((part) => rankOfPart(at, part)))));

  return (/** @type {string} */ query) => {
    const words = queryWords(query);
    const ways = words.map(readings);
    /** @type {(at: number) => number} */
    const rankOf = (at) =>
      words.length === 1 && codes[at] === words[0]
        ? EXACT_SKU
        : ways.reduce((worst, one) => (worst === Infinity ? worst : Math.max(worst, rankOfWord(at, one))), 0);
    const found = words.length ? index.sku.map((_, at) => ({ at, rank: rankOf(at) })) : [];
    return found
      .filter(({ rank }) => rank < Infinity)
      .toSorted((one, other) => one.rank - other.rank || one.at - other.at)
      .map(({ at }) => at);
  };
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
  const rate = rates[vatClass] ?? (known && ["zero", "exempt"].includes(vatClass) ? 0 : undefined);
  const without = rate === undefined && known ? "plus VAT" : "ex VAT";
  return {
    sku: index.sku[at],
    name: index.name[at],
    unit: index.units[index.unit[at]],
    net: amount(index, at, net),
    gross: rate ? amount(index, at, Math.floor((net * (10000 + rate) + 5000) / 10000)) : "",
    note: rate === 0 ? "no VAT" : without,
  };
}

/** @type {(index: Index, at: number, minorUnits: number) => string} Return an amount as the other pages have it. */
function amount(index, at, minorUnits) {
  const digits = index.digits[index.currency[at]];
  const text = String(minorUnits).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(?:\d{3})+$)/g, ",");
  const rest = digits ? `.${text.slice(-digits)}` : "";
  return `${index.signs[index.currency[at]]}${whole}${rest}`;
}
