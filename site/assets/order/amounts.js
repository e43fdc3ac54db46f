// The amounts of an order that is being written, where quantities and charges are texts until they are understood.
import { amountIn, asTyped, shareIn } from "../lib/amount.js";
import { wholeNumber } from "../lib/quantity.js";

/** Return the price of a line in minor units, or undefined without a unit price or a whole number as quantity. */
export function lineTotal({ unitPrice, quantity }) {
  const pieces = wholeNumber(String(quantity));
  return unitPrice === undefined || pieces === undefined ? undefined : unitPrice * pieces;
}

/** Return the sum of lines in minor units, or undefined if one of them has none. */
export function linesTotal(items) {
  const totals = items.map(lineTotal);
  return totals.includes(undefined) ? undefined : totals.reduce((sum, total) => sum + total, 0);
}

/** Return the share of the lines, in hundredths of a per cent, that is typed as a discount, or undefined. */
export const typedShare = ({ kind, amount }) => (kind === "discount" ? shareIn(amount) : undefined);

/**
 * Return the amount of a typed charge in minor units, below zero for a discount, or undefined if it is not understood. A share
 * is that of lines with the sum `lines`, which is undefined if it is not known.
 */
export function amountOf(charge, lines, currency) {
  const share = typedShare(charge);
  if (share !== undefined)
    return lines === undefined ? undefined : below(Math.round((lines * share) / 10_000));
  const isDiscount = charge.kind === "discount";
  const typed = isDiscount ? charge.amount.trim().replace(/^[-−]/, "") : charge.amount;
  const amount = amountIn(typed, currency);
  return isDiscount && amount !== undefined ? below(amount) : amount;
}

const below = (amount) => (amount ? -amount : 0); // -0 is another number for a test

/** Return the total of lines and charges as far as it is known, in minor units, and whether that is all of it. */
export function typedTotal(items, charges, currency) {
  const lines = linesTotal(items);
  const parts = [...items.map(lineTotal), ...charges.map((charge) => amountOf(charge, lines, currency))];
  const known = parts.reduce((sum, amount) => sum + (amount ?? 0), 0);
  return { known, isWhole: !parts.includes(undefined) };
}

/** Return typed charges as the API takes them. A blank amount is left out, and one that is not understood stays as typed. */
export function chargesFor(charges, items, currency) {
  const lines = linesTotal(items);
  return charges.map((charge) => {
    const amount = amountOf(charge, lines, currency) ?? charge.amount;
    return { kind: charge.kind, text: charge.text, ...(amount !== "" && { amount }) };
  });
}

/** Return stored charges as the form shows them. Charges that are typed already stay as they are. */
export const typedCharges = (charges = [], currency) =>
  charges.map(({ kind, text = "", amount }) => ({
    kind,
    text,
    amount: typeof amount === "string" ? amount : asTyped(Math.abs(amount), currency),
  }));
