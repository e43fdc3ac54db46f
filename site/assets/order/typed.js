// The typed content of the order form, as values and as the document that the API accepts.
import { byId } from "../lib/dom.js";
import { CUSTOMER } from "./customer-picker.js";

const { elements } = byId("order-form");

/** Return the typed details of the customer, each changed by `tidy(text)`. Empty details are left out. */
export function typedCustomer(tidy = (text) => text) {
  const typed = CUSTOMER.map((name) => [name, tidy(elements[name].value)]);
  return Object.fromEntries(typed.filter(([, text]) => text));
}

/** Return the document with these lines. Blank fields are left out, and a quantity that is not a number stays as typed. */
export function documentOf(lines) {
  const items = lines.map(({ sku, quantity }) => ({ sku, ...(quantity && { quantity: number(quantity) }) }));
  const notes = elements.notes.value.trim();
  return {
    customer: typedCustomer((text) => text.trim()),
    ...(items.length && { items }),
    ...(notes && { notes }),
  };
}

// Number(text) alone would accept 1e2, 1.0 and 0x10 as whole numbers.
const number = (text) => (/^-?\d+$/.test(text) ? Number(text) : text);

/** Return a fault in the words of the form, where numbers are typed as digits. */
export const inDigits = ({ path, message }) => ({
  path,
  message: message.replace("must be a whole number,", "must be a whole number in digits,"),
});
