// The reasons for the rejection of an order, in the words of the page.
import { chargeName } from "../lib/charges.js";
import { isolated } from "../lib/format.js";

// Names of fields come from outside, so this has no prototype with a "constructor".
const FIELDS = {
  __proto__: null,
  sku: "SKU",
  quantity: "quantity",
  charges: "Charges",
  customer: "Customer",
  "customer.name": "Name",
  "customer.email": "E-mail",
  "customer.company": "Company",
  "customer.phone": "Phone",
  "customer.address": "Address",
  items: "Lines",
  reference: "Reference",
  notes: "Notes",
  agreedTotal: "Agreed total",
};
const ENTRIES = {
  items: { word: "Line", nameOf: ({ name }) => name },
  charges: { word: "Charge", nameOf: chargeName },
};
// A message that continues a sentence after the name of a field. Other messages are sentences of their own.
const PREDICATE = /^(?:must|is|has) /;

/**
 * Return a reason as {where, message}: "items[2].quantity" is "Line 3, Steel pail:" and "quantity must be …". An order that
 * breaks the schema is stored without its invalid lines and charges, so that the others have other places than the reasons say.
 */
export function reasonOf(order, { path, message }) {
  const { submitted } = order;
  const [, list, index, field] = /^(items|charges)\[(\d+)\]\.?(.*)$/s.exec(path) ?? [];
  if (list === undefined) return { where: FIELDS[path] ?? path, message };
  const { word, nameOf } = ENTRIES[list];
  const entry = submitted === undefined ? order[list]?.[index] : undefined;
  const name = entry && nameOf(entry);
  return {
    where: `${word} ${Number(index) + 1}${name ? `, ${isolated(name)}` : ""}:`,
    message: field && PREDICATE.test(message) ? `${FIELDS[field] ?? field} ${message}` : message,
  };
}
