// A line of the order, as the checkout shows it before it is sent.
import { stamp } from "../../../assets/lib/dom.js";
import { amountText } from "../money.js";

/** Return the row of a checked line, with its present price and what has changed. */
export function summaryRow({ line, facts, price, was, fault }, money) {
  const changed = was === undefined ? "" : `The price was ${amountText(was, money)}.`;
  return stamp("summary-line", {
    quantity: `${line.quantity.toLocaleString("en-GB")} ×`,
    name: facts?.name ?? line.name,
    total: amountText(price * line.quantity, money),
    note: fault || changed,
  });
}
