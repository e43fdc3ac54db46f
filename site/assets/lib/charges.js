// @ts-check
// The charges of an order: delivery, a discount, which is below zero, or goods without a SKU. Most orders have none.
// lambdas/shop/pricing.py has the same names, sums and faults, and a test runs both on the same charges.
import { money } from "./format.js";

/** @typedef {{kind: string, text?: string, amount: number}} Charge */
/** @typedef {{items: {lineTotal?: number}[], charges?: Charge[], currency: string}} Order */

/** @type {Record<string, string>} */
const KINDS = { delivery: "Delivery", discount: "Discount", other: "No SKU" };

/** @type {(kind: string) => boolean} Whether charges of this kind exist. That of a dead letter may be any text. */
export const isKind = (kind) => Object.hasOwn(KINDS, kind);
/** @param {string} kind */
const kindName = (kind) => (isKind(kind) ? KINDS[kind] : kind || "Without a kind");

/** @type {(charge: {kind: string, text?: string}) => string} Return the text of a charge, or the name of its kind. */
export const chargeName = ({ kind, text }) => text || kindName(kind);

/** @type {(charge: {kind: string, text?: string}) => string} Return the kind beside a text of its own, or an empty text. */
export const chargeKind = ({ kind, text }) =>
  text ? kindName(kind)[0].toLowerCase() + kindName(kind).slice(1) : "";

/**
 * Return the text of a charge with its kind, such as "Used mop trolley (no SKU)".
 * @type {(charge: {kind: string, text?: string}) => string}
 */
export const chargeLabel = (charge) =>
  charge.text ? `${charge.text} (${chargeKind(charge)})` : chargeName(charge);

/**
 * Return a fault about the kind of a charge with what to do about it, and any other fault as it is.
 * @type {(fault: {path: string, message: string}) => {path: string, message: string}}
 */
export const kindInWords = ({ path, message }) =>
  /^charges\[\d+\]\.kind$/.test(path)
    ? { path, message: "is of a kind that is not known here: choose another one, or remove the charge" }
    : { path, message };

/** @type {(charges?: Charge[]) => number} */
export const sumOfCharges = (charges = []) => charges.reduce((sum, { amount }) => sum + amount, 0);

/** @type {(order: {charges?: Charge[]}) => Charge[]} Return the charges that are goods, which have to be packed. */
export const goodsWithoutSku = ({ charges = [] }) => charges.filter(({ kind }) => kind === "other");

/**
 * Return the rows between the lines of an order and its total: the sum of the lines, then each charge. Without charges there
 * are none.
 * @type {(order: Order) => {name: string, kind: string, amount: string}[]}
 */
export function chargeRows({ items, charges = [], currency }) {
  if (!charges.length) return [];
  const isPriced = items.every(({ lineTotal }) => lineTotal !== undefined);
  const lines = items.reduce((sum, { lineTotal = 0 }) => sum + lineTotal, 0);
  return [
    { name: "Lines", kind: "", amount: isPriced ? money(lines, currency) : "–" },
    ...charges.map((charge) => ({
      name: chargeName(charge),
      kind: chargeKind(charge),
      amount: money(charge.amount, currency),
    })),
  ];
}

/**
 * Return the faults of charges beside lines with this sum, for which the API would reject the order.
 * @type {(charges: Charge[], lines: number, currency: string) => import("./form-errors.js").FieldError[]}
 */
export function chargeFaults(charges, lines, currency) {
  const own = charges.flatMap((charge, index) =>
    faultsOf(charge).map(([field, message]) => ({ path: `charges[${index}].${field}`, message })),
  );
  const total = lines + sumOfCharges(charges);
  if (own.length || total >= 0) return own;
  const last = charges.findLastIndex(({ kind }) => kind === "discount");
  const message = `must not make the total less than zero, which is ${money(total, currency)}`;
  return [{ path: `charges[${last}].amount`, message }];
}

/** @type {(charge: Charge) => [string, string][]} */
function faultsOf({ kind, text, amount }) {
  /** @type {[string, string][]} */
  const found = [];
  if (kind === "discount" && amount >= 0) found.push(["amount", "must be more than zero"]);
  if (kind !== "discount" && amount < 0) found.push(["amount", "must not be below zero"]);
  if (kind === "other" && !text) found.push(["text", "is required"]);
  return found;
}
