// The content of a dead letter as people read it. Its parts may break every rule of the schema.
import { money } from "../lib/format.js";

const CUSTOMER = { name: "Name", company: "Company", email: "E-mail", phone: "Phone", address: "Address" };
// Names from outside are looked up in these, so they have no prototype with a "constructor".
const CHARGES = { __proto__: null, delivery: "Delivery", discount: "Discount", other: "No SKU" };
const NOT_LISTED = new Set(["customer", "items", "charges", "reference", "notes", "orderID"]);

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value) => (Array.isArray(value) ? value : []);

/** Return a value of a message as text: a text as it is, anything else as JSON. */
export const asText = (value) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

/**
 * Return the content of an order as submitted: {facts, lines, charges, notes, others}. `facts` and `others` are [{name, text}],
 * `lines` [{sku, quantity}] and `charges` [{name, text}]. `others` are the fields that an order does not have.
 * Amounts are in the shop's currency, because an order names none.
 */
export function contentOf(order, currency) {
  const customer = isObject(order.customer) ? order.customer : {};
  const known = Object.entries(CUSTOMER).filter(([field]) => Object.hasOwn(customer, field));
  const { reference } = order;
  return {
    facts: [
      ...known.map(([field, name]) => ({ name, text: asText(customer[field]) })),
      ...(reference === undefined ? [] : [{ name: "Reference", text: asText(reference) }]),
    ],
    lines: listOf(order.items).map(lineOf),
    charges: listOf(order.charges).map((charge) => chargeOf(charge, currency)),
    notes: order.notes === undefined ? "" : asText(order.notes),
    others: [...oddParts(order), ...unlisted(order, customer)],
  };
}

/** A line that is no object is shown whole. */
const lineOf = (item) =>
  isObject(item)
    ? { sku: asText(item.sku ?? "–"), quantity: asText(item.quantity ?? "–") }
    : { sku: asText(item), quantity: "" };

const chargeOf = (charge, currency) =>
  isObject(charge)
    ? { name: CHARGES[charge.kind] ?? asText(charge.kind ?? "–"), text: chargeText(charge, currency) }
    : { name: asText(charge), text: "" };

const chargeText = ({ text, amount }, currency) =>
  [text, Number.isInteger(amount) ? money(amount, currency) : amount]
    .filter((part) => part !== undefined)
    .map(asText)
    .join(", ");

/** Parts of an order that are there and not of the kind that the form shows. */
function oddParts(order) {
  const odd = [
    ["customer", isObject(order.customer)],
    ["items", Array.isArray(order.items)],
    ["charges", Array.isArray(order.charges)],
  ];
  return odd
    .filter(([field, fits]) => order[field] !== undefined && !fits)
    .map(([field]) => ({ name: field, text: asText(order[field]) }));
}

function unlisted(order, customer) {
  const ofOrder = Object.keys(order).filter((field) => !NOT_LISTED.has(field));
  const ofCustomer = Object.keys(customer).filter((field) => !Object.hasOwn(CUSTOMER, field));
  return [
    ...ofOrder.map((field) => ({ name: field, text: asText(order[field]) })),
    ...ofCustomer.map((field) => ({ name: `customer.${field}`, text: asText(customer[field]) })),
  ];
}

const CHANGES = { __proto__: null, INSERT: "was stored", MODIFY: "changed", REMOVE: "was erased" };

/** Return a change of an order or a product in a sentence: "The order changed from placed to packed". */
export function toldChange({ event, from, to, sku }) {
  const what = sku ? `The product ${sku}` : "The order";
  const verb = CHANGES[event] ?? "changed";
  if (event === "INSERT") return to ? `${what} ${verb} as ${to}` : `${what} ${verb}`;
  if (from && to)
    return from === to ? `${what} stayed ${to}, and ${verb}` : `${what} ${verb} from ${from} to ${to}`;
  return from ? `${what}, which was ${from}, ${verb}` : `${what} ${verb}`;
}
