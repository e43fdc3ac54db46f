// @ts-check
// Faults of amounts in the words of a form, where an amount is typed as money.
import { money } from "./format.js";

/**
 * Return a fault of an amount, which the schema knows as a whole number of minor units, with the numbers as they are typed.
 * @param {import("./field-errors.js").FieldError} fault
 * @param {string} currency
 */
export function amountFault({ path, message }, currency) {
  if (message.startsWith("must be a whole number,"))
    return { path, message: message.replace("a whole number,", "an amount such as 5.00,") };
  const isLimit = message.startsWith("must be at ");
  const inMoney = () => message.replace(/-?\d+/g, (amount) => money(Number(amount), currency));
  return { path, message: isLimit ? inMoney() : message };
}
