// @ts-check
// How much a cart takes, and what does not fit into it.
import { lineOf, withLine } from "./lines.js";

/** @typedef {import("./lines.js").Line} Line */
/** @typedef {import("./lines.js").Kept} Kept */
/** @typedef {{sku: string, quantity: number, name: string, unitPrice: number}} Wanted units of a product */
/** @typedef {{lines: number, units: number}} Room the most lines of a cart, and units of a line */

/** @returns {Room} */
export function room() {
  const { lines, units } = document.getElementById("cart")?.dataset ?? {};
  return { lines: Number(lines), units: Number(units) };
}

/**
 * Put units of products into the cart. All ways into the cart have this rule: they are added to what the cart has of the
 * product, and its line is ticked. What does not fit is returned, each with the reason.
 * @param {Kept} kept
 * @param {Wanted[]} wanted
 * @param {Room} most
 * @returns {{kept: Kept, left: {sku: string, name: string, fault: string}[]}}
 */
export function withUnits(kept, wanted, most) {
  const left = [];
  for (const { sku, quantity, name, unitPrice } of wanted) {
    const line = lineOf(kept.lines, sku);
    const sum = (line?.quantity ?? 0) + quantity;
    let fault = "";
    if (!line && kept.lines.length >= most.lines) fault = "The cart is full.";
    if (sum > most.units) fault = `At most ${most.units.toLocaleString("en-GB")}.`;
    if (fault) left.push({ sku, name, fault });
    else kept = withLine(kept, { sku, quantity: sum, ticked: true, name, unitPrice });
  }
  return { kept, left };
}

/**
 * Return the lines of a merged cart that fit, and the others. Lines that the customer has in hand stay, and the last of the
 * others leave, first those that are not ticked.
 * @param {Line[]} lines
 * @param {Kept} kept
 * @param {number} most
 * @returns {{lines: Line[], left: Line[]}}
 */
export function fitting(lines, { base, changed, lines: own }, most) {
  const inHand = new Set(base ? changed : own.map(({ sku }) => sku));
  /** @type {(line: Line) => number} */
  const worth = ({ sku, ticked }) => (inHand.has(sku) ? 2 : Number(ticked));
  const left = lines
    .toReversed()
    .toSorted((one, other) => worth(one) - worth(other))
    .slice(0, Math.max(0, lines.length - most));
  return { lines: lines.filter((line) => !left.includes(line)), left };
}

/**
 * Return the cart with the names of products that did not fit, beside those that nobody has read yet.
 * @type {(kept: Kept, left: {name: string}[]) => Kept}
 */
export const withLeft = (kept, left) =>
  left.length
    ? { ...kept, left: [...new Set([...(kept.left ?? []), ...left.map(({ name }) => name)])] }
    : kept;
