// @ts-check
// Amounts and VAT as lambdas/shop/storefront_prices.py has them.

const WHOLE = 10_000; // hundredths of a percent
const WITHOUT_VAT = ["zero", "exempt"]; // classes whose rate is 0 wherever the others are known

/** @typedef {{sign: string, digits: number}} Money the text before an amount, and the digits of the minor unit */
/** @typedef {Record<string, number>} Rates hundredths of a percent by VAT class; none if they are not known */

/**
 * Return an amount as the pages have it: amountText(125000, { sign: "£", digits: 2 }) is £1,250.00.
 * @param {number} minorUnits
 * @param {Money} money
 */
export function amountText(minorUnits, { sign, digits }) {
  const text = String(Math.abs(minorUnits)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(?:\d{3})+$)/g, ",");
  const rest = digits ? `.${text.slice(-digits)}` : "";
  return `${minorUnits < 0 ? "-" : ""}${sign}${whole}${rest}`;
}

/** @type {(net: number, rate: number) => number} Return an amount with VAT, rounded half up. */
export const grossOf = (net, rate) => Math.floor((net * (WHOLE + rate) + WHOLE / 2) / WHOLE);

/**
 * Return the rate of a VAT class, or undefined if it is not known.
 * @type {(vatClass: string | undefined, rates: Rates) => number | undefined}
 */
export const rateOf = (vatClass = "", rates) =>
  rates[vatClass] ?? (Object.keys(rates).length > 0 && WITHOUT_VAT.includes(vatClass) ? 0 : undefined);
