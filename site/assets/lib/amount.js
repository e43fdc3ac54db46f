// @ts-check
// Reading an amount of money, such as 5, 5.00 or £5, and a share, such as 10 %.
import { fractionDigits } from "./format.js";
import { once } from "./once.js";
import { wholeNumber } from "./quantity.js";

/** The mark before the fraction in the reader's language. A point is understood everywhere. */
const mark = once(
  () => new Intl.NumberFormat().formatToParts(1.5).find(({ type }) => type === "decimal")?.value ?? ".",
);

/**
 * Return a written amount in minor units, or undefined if it is none. The sign of the currency may stand on either side.
 * @param {string} text
 * @param {string} currency
 */
export function amountIn(text, currency) {
  const bare = withoutSign(text.trim(), currency);
  const digits = fractionDigits(currency);
  const whole = wholeNumber(bare);
  if (whole !== undefined) return whole * 10 ** digits;
  const at = Math.max(bare.lastIndexOf("."), bare.lastIndexOf(mark()));
  const [units, rest] = [at > 0 ? wholeNumber(bare.slice(0, at)) : 0, bare.slice(at + 1)];
  if (at < 0 || units === undefined || !/^\d+$/.test(rest) || rest.length > digits) return undefined;
  return units * 10 ** digits + Number(rest.padEnd(digits, "0"));
}

/** @type {(text: string, currency: string) => string} */
function withoutSign(text, currency) {
  const signs = ["symbol", "narrowSymbol", "code"].map((form) => signOf(currency, form));
  for (const sign of signs) {
    if (text.startsWith(sign)) return text.slice(sign.length).trim();
    if (text.endsWith(sign)) return text.slice(0, -sign.length).trim();
  }
  return text;
}

/** @type {(currency: string, form: any) => string} */
const signOf = (currency, form) =>
  new Intl.NumberFormat(undefined, { style: "currency", currency, currencyDisplay: form })
    .formatToParts(1)
    .find(({ type }) => type === "currency")?.value ?? currency;

/**
 * Return the hundredths of a per cent in a written share of at most 100 %, or undefined if it is none: 1000 for "10 %".
 * @param {string} text
 */
export function shareIn(text) {
  const [, whole, rest = ""] = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%$/.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const share = Number(whole) * 100 + Number(rest.padEnd(2, "0"));
  return share <= 10_000 ? share : undefined;
}

/**
 * Return an amount in minor units as it is typed into a field: "6.29".
 * @type {(amount: number, currency: string) => string}
 */
export function asTyped(amount, currency) {
  const digits = fractionDigits(currency);
  return (amount / 10 ** digits).toFixed(digits);
}
