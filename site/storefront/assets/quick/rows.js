// @ts-check
// Pasted rows beside what the shop sells now.
import { withUnits } from "../cart/room.js";
import { checked } from "../cart/sums.js";

/** @typedef {import("../cart/facts.js").Facts} Facts */
/** @typedef {import("../cart/lines.js").Kept} Kept */
/** @typedef {{row: number, text: string, sku: string, quantity?: number, fault?: string, unit?: string}} Row as the parser returns it */
/**
 * @typedef {Row & {state: "good" | "joined" | "looking" | "bad", facts?: Facts, sum?: number, note: string}} Judged
 * `sum` is the quantity of all good rows of the product, on the first of them
 */

/** @type {(sku: string) => string[]} Return the spellings under which a product is looked for. */
export const spellings = (sku) => [...new Set([sku, sku.toUpperCase()])];

/**
 * Return each row with what can become of it. `known` has facts by SKU as it is written, null for an unknown one.
 * @param {Row[]} rows
 * @param {Map<string, Facts | null>} known
 * @param {string} currency
 * @returns {Judged[]}
 */
export function judged(rows, known, currency) {
  /** @type {Map<string, Judged>} */
  const first = new Map();
  return rows.map((row) => {
    const found = judge(row, known, currency);
    if (!found.facts || found.state !== "good") return found;
    const before = first.get(found.facts.sku);
    if (!before) {
      first.set(found.facts.sku, found);
      return found;
    }
    before.sum = (before.sum ?? 0) + (row.quantity ?? 0);
    return { ...found, state: "joined", note: `Added to row ${before.row}.` };
  });
}

/** @type {(row: Row, known: Map<string, Facts | null>, currency: string) => Judged} */
function judge(row, known, currency) {
  if (row.fault) return { ...row, state: "bad", note: `Row ${row.row} ${row.fault}.` };
  const facts = known.get(row.sku);
  if (facts === undefined) return { ...row, state: "looking", note: "Looking it up …" };
  if (facts === null) return { ...row, state: "bad", note: "This shop sells no product with this SKU." };
  const quantity = row.quantity ?? 0;
  const line = { sku: facts.sku, quantity, ticked: true, name: facts.name, unitPrice: facts.unitPrice };
  const { fault, least } = checked(line, facts, currency);
  if (fault && least === undefined) return { ...row, state: "bad", facts, note: fault };
  const measure = row.unit ? `Your table says ${row.unit}; a unit here is ${facts.unit}.` : "";
  return { ...row, state: "good", facts, sum: quantity, note: [fault, measure].filter(Boolean).join(" ") };
}

/**
 * Return the cart with all good rows, added to what it has, and the rows for which it has no room.
 * @param {Kept} kept
 * @param {Judged[]} rows
 * @param {import("../cart/room.js").Room} most
 * @returns {{kept: Kept, count: number, full: Judged[]}}
 */
export function withRows(kept, rows, most) {
  const wanted = rows.flatMap(({ facts, sum = 0, state }) =>
    state === "good" && facts
      ? [{ sku: facts.sku, quantity: sum, name: facts.name, unitPrice: facts.unitPrice }]
      : [],
  );
  const { kept: result, left } = withUnits(kept, wanted, most);
  const full = rows.filter(
    ({ facts, state }) => state === "good" && left.some(({ sku }) => sku === facts?.sku),
  );
  return { kept: result, count: wanted.length - left.length, full };
}

/**
 * Return the rows that stay in the field: those that were not put into the cart, with those that were joined to them.
 * @type {(rows: Judged[], full: Judged[]) => Judged[]}
 */
export function leftRows(rows, full) {
  const skus = new Set(full.map(({ facts }) => facts?.sku));
  return rows.filter(
    ({ state, facts }) => state === "bad" || state === "looking" || (facts && skus.has(facts.sku)),
  );
}

/** @type {(rows: Judged[]) => string} Return what is read out once all rows are looked up, or an empty text. */
export function summaryOf(rows) {
  const good = rows.filter(({ state }) => state === "good").length;
  const bad = rows.filter(({ state }) => state === "bad").length;
  if (!rows.length || rows.some(({ state }) => state === "looking")) return "";
  const found = good ? `${good === 1 ? "One product" : `${good} products`} found.` : "No product found.";
  if (!bad) return found;
  return `${found} ${bad === 1 ? "One row" : `${bad} rows`} cannot be ordered.`;
}
