// The total of an order that is being written, as far as it is understood.
import { setting } from "../lib/cognito.js";
import { byId } from "../lib/dom.js";
import { count, money } from "../lib/format.js";
import { amountOf, lineTotal, linesTotal } from "./amounts.js";

/** Return the currency of lines. Lines of one order have the same. */
export const currencyOf = (items) => items.find((item) => item.currency)?.currency ?? setting("currency");

/** Show the total of lines and charges. A price that is not known, or a number that is not understood, makes it "£12.98 + ?". */
export function showTotal(items, charges) {
  const currency = currencyOf(items);
  const lines = linesTotal(items);
  const amounts = charges.map((charge) => amountOf(charge, lines, currency));
  const parts = [...items.map(lineTotal), ...amounts];
  const total = parts.reduce((sum, amount) => sum + (amount ?? 0), 0);
  const isWhole = !parts.includes(undefined);
  byId("line-count").textContent = count(items.length, "line");
  byId("running-total").textContent = money(total, currency) + (isWhole ? "" : " + ?");
}
