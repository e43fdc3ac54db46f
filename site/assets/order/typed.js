// The typed content of the order form, as values and as the document that the API accepts.
import { byId } from "../lib/dom.js";
import { normalise } from "../lib/text.js";
import { CUSTOMER } from "./customer-picker.js";
import { wholeNumber } from "../lib/quantity.js";

const { elements } = byId("order-form");

/** Return the details of the customer as they are typed. Empty details are left out. */
export const typedCustomer = () =>
  withoutEmpty(Object.fromEntries(CUSTOMER.map((name) => [name, elements[name].value])));

const withoutEmpty = (fields) => Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ""));

/**
 * Return the document with these lines, its texts in their normal form. Blank fields are left out, and a quantity that is
 * not a number stays as typed.
 */
export function documentOf(lines) {
  const items = lines.map(({ sku, quantity }) => ({ sku, ...(quantity && { quantity: number(quantity) }) }));
  const document = { customer: typedCustomer(), ...(items.length && { items }), notes: elements.notes.value };
  const { customer, ...others } = normalise(document);
  return { customer: withoutEmpty(customer), ...others };
}

// Number(text) alone would accept 1e2, 1.0 and 0x10 as whole numbers.
const number = (text) => wholeNumber(text) ?? (/^-\d+$/.test(text) ? Number(text) : text);

/** Return a fault in the words of the form, where numbers are typed as digits. */
export const inDigits = ({ path, message }) => ({
  path,
  message: message.replace("must be a whole number,", "must be a whole number in digits,"),
});

/** Return what the form shows of a stored order, as values. */
export const valuesOf = ({ customer, items, notes, currency }) => ({
  customer,
  notes,
  items: items.map((item) => ({ ...item, currency })),
});
