// The total of an order that is being written, as far as it is understood.
import { setting } from "../lib/cognito.js";
import { byId } from "../lib/dom.js";
import { count, money } from "../lib/format.js";
import { typedTotal } from "./amounts.js";

/** Return the currency of lines. Lines of one order have the same. */
export const currencyOf = (items) => items.find((item) => item.currency)?.currency ?? setting("currency");

/**
 * Show the total of lines and charges. A price that is not known, or a number that is not understood, makes it "£12.98 + ?".
 * Return the total in minor units, or undefined if it is not whole.
 */
export function showTotal(items, charges) {
  const currency = currencyOf(items);
  const { known, isWhole } = typedTotal(items, charges, currency);
  byId("line-count").textContent = count(items.length, "line");
  byId("running-total").textContent = money(known, currency) + (isWhole ? "" : " + ?");
  return isWhole ? known : undefined;
}
