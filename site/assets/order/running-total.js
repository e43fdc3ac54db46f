// The total of an order that is being written, as far as it is understood.
import { setting } from "../lib/cognito.js";
import { byId } from "../lib/dom.js";
import { count, money } from "../lib/format.js";
import { wholeNumber } from "../lib/quantity.js";
import { amountOf, lineTotal, linesTotal } from "./amounts.js";

/** Return the currency of lines. Lines of one order have the same. */
export const currencyOf = (items) => items.find((item) => item.currency)?.currency ?? setting("currency");

/** Show the total of lines and charges. A quantity or an amount that is not understood makes it "£12.98 + ?". */
export function showTotal(items, charges) {
  const currency = currencyOf(items);
  const lines = linesTotal(items);
  const amounts = charges.map((charge) => amountOf(charge, lines, currency));
  const total = [...items.map(lineTotal), ...amounts].reduce((sum, amount) => sum + (amount ?? 0), 0);
  const isWhole =
    items.every((item) => wholeNumber(item.quantity) !== undefined) && !amounts.includes(undefined);
  byId("line-count").textContent = count(items.length, "line");
  byId("running-total").textContent = money(total, currency) + (isWhole ? "" : " + ?");
}
