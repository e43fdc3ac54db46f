// The results of pasted rows: which become lines of the order, and which a person has to correct.
import { outside } from "./pasted-rows.js";
import { wholeNumber } from "../lib/quantity.js";

/**
 * Return each row as {...row, state, why?}. `known` maps a SKU to {product}, {unknown} or {error}, and `items` are the
 * order's lines. The states are:
 * - good: the first row of its product, which becomes a line with the quantity `sum`.
 * - joined: a later row of a product, whose quantity is part of that line.
 * - waiting: the product is still being looked up.
 * - failed: the product could not be looked up.
 * - wrong: a person has to correct the row. `why` is the reason, also for a failed row.
 */
export function judge(rows, known, items) {
  const onOrder = new Map(items.map(({ sku, quantity }) => [sku, wholeNumber(quantity) ?? 0]));
  const lines = new Map(); // SKU -> the result of its first row, which becomes the line
  const results = rows.map((row) => {
    const result = { ...row, ...known.get(row.sku) };
    const why = fault(result);
    if (why) return { ...result, state: result.error ? "failed" : "wrong", why };
    if (!result.product) return { ...result, state: "waiting" };
    return inLine(row, result, lines, onOrder);
  });
  return results.map(bounded);
}

/** Return the result of a good row. The first row of a product becomes a line, and later rows add to that line. */
function inLine(row, result, lines, onOrder) {
  const { sku } = result.product;
  const line = lines.get(sku);
  if (line) {
    line.parts.push(row);
    line.sum += row.quantity;
    return { ...result, state: "joined", line };
  }
  const before = onOrder.get(sku);
  const first = {
    ...result,
    state: "good",
    parts: [row],
    sum: row.quantity,
    before,
    isNew: before === undefined,
  };
  lines.set(sku, first);
  return first;
}

function fault({ fault: written, unknown, error, product, sku, unit }) {
  if (written) return written;
  if (unknown) return `is not in the catalog${foreignLetter(sku)}`;
  if (error) return "could not be looked up";
  if (product && !product.active) return "is no longer sold";
  return product && unit && !isSameUnit(unit, product.unit)
    ? `is sold by ${product.unit}, not by ${unit}`
    : "";
}

/** Return a hint at a letter of another alphabet, which can look like one that SKUs have. */
function foreignLetter(sku) {
  const [letter] = (/^\S+$/u.test(sku) && sku.match(/[^\x21-\x7e]/u)) || [];
  return letter
    ? `: ${letter} is the character U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`
    : "";
}

const SINGLE = new Set("each ea piece pieces pc pcs unit units stück stk".split(" "));

function isSameUnit(one, other) {
  const [written, sold] = [one, other].map((unit) => unit.toLowerCase().replace(/\.$/, ""));
  return [sold, `${sold}s`, `${sold}es`].includes(written) || (SINGLE.has(written) && SINGLE.has(sold));
}

/** Return the result, or a wrong one if the quantity of its line is out of range. */
function bounded(result) {
  const line = result.line ?? result;
  const why = line.parts && outside(line.sum + (line.before ?? 0));
  return why ? { ...result, state: "wrong", isNew: false, why: `${why} in all` } : result;
}
