// The faults of a typed order before it is sent, in the words of the form.
import { amountFault } from "../lib/amount-faults.js";
import { chargeFaults, kindInWords } from "../lib/charges.js";
import { validate } from "../lib/json-schema.js";
import { linesTotal } from "./amounts.js";
import { currencyOf } from "./running-total.js";

const AMOUNT = /^charges\[\d+\]\.amount$/;

/**
 * Resolve to the faults of a document by the schema with this name, of its charges, and of pasted rows left over:
 * [{path, message}]. `items` are the lines as they are typed.
 */
export async function faultsOf(schema, document, { items, left }) {
  const currency = currencyOf(items);
  const found = (await validate(schema, document)).map((fault) => inWords(fault, currency));
  const lines = linesTotal(items);
  if (!found.length && lines !== undefined)
    found.push(...chargeFaults(document.charges ?? [], lines, currency));
  if (left) found.push({ path: "pasted", message: "must be added to the order, or discarded" });
  return found;
}

/** Return a fault with numbers as they are typed: quantities as digits, amounts as money. */
function inWords({ path, message }, currency) {
  const digits = message.replace("must be a whole number,", "must be a whole number in digits,");
  if (!AMOUNT.test(path)) return kindInWords({ path, message: digits });
  return amountFault({ path, message }, currency);
}
