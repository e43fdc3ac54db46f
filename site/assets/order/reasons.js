// The reasons for the rejection of an order, in the words of the page.
import { isolated } from "../lib/format.js";

const FIELDS = {
  sku: "SKU",
  quantity: "quantity",
  customer: "Customer",
  "customer.name": "Name",
  "customer.email": "E-mail",
  "customer.company": "Company",
  "customer.phone": "Phone",
  "customer.address": "Address",
  items: "Lines",
  notes: "Notes",
};
// A message that continues a sentence after the name of a field. Other messages are sentences of their own.
const PREDICATE = /^(?:must|is|has) /;

/**
 * Return a reason as {where, message}: "items[2].quantity" is "Line 3, Steel pail:" and "quantity must be …". An order that
 * breaks the schema is stored without its invalid lines, so that its lines have other places than the reasons say.
 */
export function reasonOf({ items, submitted }, { path, message }) {
  const [, index, field] = /^items\[(\d+)\]\.?(.*)$/s.exec(path) ?? [];
  if (index === undefined) return { where: FIELDS[path] ?? path, message };
  const name = submitted === undefined ? items[index]?.name : undefined;
  return {
    where: `Line ${Number(index) + 1}${name ? `, ${isolated(name)}` : ""}:`,
    message: field && PREDICATE.test(message) ? `${FIELDS[field] ?? field} ${message}` : message,
  };
}
