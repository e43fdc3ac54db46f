// @ts-check
// The unit of a product, such as "pack of 5". Every place that shows the quantity of a line shows its unit, because 4 packs
// of 5 are 20 pieces. The unit "each" is left out: the quantity alone says the same. Lines of earlier releases have no unit.
// lambdas/shop/mail.py has the same rule, and a test runs both on the same lines.
import { count, isolated } from "./format.js";

/** @typedef {{sku: string, name?: string, unit?: string, quantity?: number}} Line */

/**
 * Return the unit to show beside the quantity of a line, or an empty text.
 * @type {(line: Line) => string}
 */
export const unitOf = ({ unit = "" }) => (unit.toLowerCase() === "each" ? "" : unit);

/**
 * Return the product of a line with its unit, for use in a sentence: "Mop head, pack of 5".
 * @type {(line: Line) => string}
 */
export const productOf = (line) =>
  [line.name ?? line.sku, unitOf(line)].filter(Boolean).map(isolated).join(", ");

/**
 * Return how much lines are together, as whoever packs them counts: "9 pieces in all". A pack counts as one.
 * @type {(lines: (Line & {quantity: number})[]) => string}
 */
export function inAll(lines) {
  const sum = lines.reduce((total, { quantity }) => total + quantity, 0);
  const named = lines.every((line) => !unitOf(line))
    ? count(sum, "piece")
    : count(sum, "piece or pack", "pieces and packs");
  return `${named} in all`;
}
