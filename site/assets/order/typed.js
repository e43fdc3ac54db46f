// What is typed into the form of an order, as values and as the document that the API takes.
import { byId } from "../lib/dom.js";
import { CUSTOMER } from "./customer-picker.js";

const { elements } = byId("order-form");

/** The typed details of the customer, tidied by `tidy(text)`; empty ones are left out. */
export function typedCustomer(tidy = (text) => text) {
  const typed = CUSTOMER.map((name) => [name, tidy(elements[name].value)]);
  return Object.fromEntries(typed.filter(([, text]) => text));
}

/** The document for these lines: blank fields are left out, a quantity that is no number stays as typed. */
export function documentOf(lines) {
  const items = lines.map(({ sku, quantity }) => ({ sku, ...(quantity && { quantity: number(quantity) }) }));
  const notes = elements.notes.value.trim();
  return {
    customer: typedCustomer((text) => text.trim()),
    ...(items.length && { items }),
    ...(notes && { notes }),
  };
}

// Number(text) alone takes 1e2, 1.0 and 0x10 for whole numbers.
const number = (text) => (/^-?\d+$/.test(text) ? Number(text) : text);

/** A fault in the words of the form, where numbers are typed as digits. */
export const inDigits = ({ path, message }) => ({
  path,
  message: message.replace("must be a whole number,", "must be a whole number in digits,"),
});
