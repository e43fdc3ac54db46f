// The typed content of the order form, as values and as the document that the API accepts.
import { byId } from "../lib/dom.js";
import { normalise } from "../lib/text.js";
import { wholeNumber } from "../lib/quantity.js";
import { chargesFor, typedCharges } from "./amounts.js";
import { CUSTOMER } from "./customer-picker.js";
import { currencyOf } from "./running-total.js";

const { elements } = byId("order-form");

/** Return the details of the customer as they are typed. Empty details are left out. */
export const typedCustomer = () =>
  withoutEmpty(Object.fromEntries(CUSTOMER.map((name) => [name, elements[name].value])));

/** Return the texts beside the customer as they are typed. */
export const typedTexts = () => ({ reference: elements.reference.value, notes: elements.notes.value });

const withoutEmpty = (fields) => Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ""));

/**
 * Return the document with these lines and charges, its texts in their normal form. Blank fields are left out, and a quantity
 * or an amount that is not a number stays as typed.
 */
export function documentOf(lines, typed) {
  const items = lines.map(({ sku, quantity }) => ({ sku, ...(quantity && { quantity: number(quantity) }) }));
  const charges = chargesFor(typed, lines, currencyOf(lines));
  const document = {
    customer: typedCustomer(),
    ...(items.length && { items }),
    ...(charges.length && { charges }),
    ...typedTexts(),
  };
  const { customer, ...others } = normalise(document);
  return { customer: withoutEmpty(customer), ...others };
}

// Number(text) alone would accept 1e2, 1.0 and 0x10 as whole numbers.
const number = (text) => wholeNumber(text) ?? (/^-\d+$/.test(text) ? Number(text) : text);

/** Return what the form shows of a stored order, as values. */
export const valuesOf = ({ customer, items, charges, reference, notes, currency }) => ({
  customer,
  reference,
  notes,
  items: items.map((item) => ({ ...item, currency })),
  charges: typedCharges(charges, currency),
});
