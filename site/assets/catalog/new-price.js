// New prices for many products: set, or raised or lowered by a share or an amount, and rounded. Amounts are minor units.
import { amountIn, shareIn } from "../lib/amount.js";
import { money } from "../lib/format.js";

const WHOLE = 10_000; // 100 % in hundredths of a per cent

/** How a new price can be rounded: to the nearest multiple of `step`, or to the nearest price that ends in `ending`. */
const ROUNDINGS = {
  1: { step: 1, ending: 0 },
  5: { step: 5, ending: 0 },
  10: { step: 10, ending: 0 },
  50: { step: 50, ending: 0 },
  100: { step: 100, ending: 0 },
  "9 of 10": { step: 10, ending: 9 },
  "99 of 100": { step: 100, ending: 99 },
};

/** Return the ways to round in words: [[value, text]]. */
export const roundings = (currency) =>
  Object.entries(ROUNDINGS).map(([value, { step, ending }]) => [
    value,
    ending
      ? `to the nearest that ends like ${money(step + ending, currency)}`
      : `to the nearest ${money(step, currency)}`,
  ]);

/**
 * Return a typed change of prices as {way, amount, share, rounding}, or undefined if the text is not understood. A share, such
 * as 4 %, is in hundredths of a per cent. Only a change by something can be a share.
 */
export function priceChange({ way, text, rounding }, currency) {
  const share = way === "set" ? undefined : shareIn(text);
  const amount = share === undefined ? amountIn(text, currency) : undefined;
  const isNothing = share === undefined && amount === undefined;
  return isNothing ? undefined : { way, amount, share, rounding };
}

/** Return the new price of a product. It may be below zero. A price that is set is not rounded, and free stays free by a share. */
export function newPrice(price, { way, amount, share, rounding }) {
  if (way === "set") return amount;
  if (price === 0 && share !== undefined) return 0;
  const sign = way === "raise" ? 1 : -1;
  const exact = share === undefined ? (price + sign * amount) * WHOLE : price * (WHOLE + sign * share);
  return exact < 0 ? Math.floor(exact / WHOLE) : rounded(exact, ROUNDINGS[rounding]);
}

/** Return the nearest price of a kind to hundredths of per cents of one; in the middle, the higher one. */
function rounded(exact, { step, ending }) {
  const nearest = Math.floor((exact - ending * WHOLE) / (step * WHOLE) + 0.5) * step + ending;
  return nearest < 0 ? nearest + step : nearest;
}
