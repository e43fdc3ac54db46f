// The differences between versions of an order: field by field, line by line, and charge by charge.
import { isolated } from "../lib/format.js";
import { wholeNumber } from "../lib/quantity.js";
import { productOf } from "../lib/units.js";
import { chargeFields } from "./charge-differences.js";

const LABELS = { name: "Name", email: "E-mail", company: "Company", phone: "Phone", address: "Address" };
const WRITTEN = { reference: "Reference", notes: "Notes" };

const FIELDS = [
  ...Object.entries(LABELS).map(([name, label]) => ({
    name,
    label,
    get: (order) => order.customer[name] ?? "",
    set: (order, value) => (order.customer[name] = value),
  })),
  ...Object.entries(WRITTEN).map(([name, label]) => ({
    name,
    label,
    get: (order) => order[name] ?? "",
    set: (order, value) => (order[name] = value),
  })),
];

/** Return a field for each line of these orders. A SKU that an order has twice makes two fields. */
function lineFields(orders) {
  const lines = new Map();
  for (const order of orders) for (const [key, item] of keyed(order)) lines.set(key, lines.get(key) ?? item);
  return [...lines].map(([key, item]) => ({
    name: `line-${key}`,
    label: productOf(item),
    sku: item.sku,
    isEntry: true,
    get: (order) => keyed(order).get(key)?.quantity ?? "",
    set: (order, quantity, from) => (order.items = withLine(order, key, quantity && keyed(from).get(key))),
  }));
}

const cache = new WeakMap(); // results of `keyed` by items, because an order may have a thousand lines

/** Return an order's lines by key, with quantities as text. The key "PAIL 2" is the second line with the SKU PAIL. */
function keyed({ items }) {
  if (cache.has(items)) return cache.get(items);
  const seen = {};
  const lines = items.map((item) => {
    seen[item.sku] = (seen[item.sku] ?? 0) + 1;
    return [
      `${item.sku} ${seen[item.sku]}`,
      { ...item, quantity: String(wholeNumber(String(item.quantity)) ?? item.quantity) },
    ];
  });
  cache.set(items, new Map(lines));
  return cache.get(items);
}

function withLine(order, key, item) {
  const lines = new Map(keyed(order));
  if (item) lines.set(key, item);
  else lines.delete(key);
  return [...lines.values()];
}

/**
 * Return the fields in which `mine` and the stored order `theirs` differ. Each has `suggested`, the only side that changed
 * it since `base` ("mine" or "theirs"), or null if both changed it.
 */
export function differences(base, mine, theirs) {
  const orders = [theirs, mine, base];
  return [...FIELDS, ...lineFields(orders), ...chargeFields(orders, base.currency)]
    .filter(({ get }) => get(mine) !== get(theirs))
    .map((field) => {
      const [was, own, other] = [base, mine, theirs].map(field.get);
      return { ...field, was, own, other, suggested: was === other ? "mine" : was === own ? "theirs" : null };
    });
}

const DETAILS = ["address", "phone", "notes"];

/**
 * Return those details of an edit that can still be saved with a packed order, or null if the edit has other changes, or if
 * somebody else has changed one of them.
 */
export function detailsToSave({ base, values }, order) {
  const typed = differences(base, values, base);
  const isPossible = typed.every(({ name, get }) => DETAILS.includes(name) && get(order) === get(base));
  if (order.status !== "packed" || !typed.length || !isPossible) return null;
  return Object.fromEntries(typed.map(({ name, own }) => [name, own]));
}

/** Return a text for each change that others have made to an order since it was read. */
export function changesSince(base, theirs) {
  return differences(base, base, theirs).map(
    ({ label, was, other, ...field }) =>
      `${label}${field.sku ? ` (${field.sku})` : ""}: ${isolated(shown(was, field))} → ${isolated(shown(other, field))}`,
  );
}

/** Return a value of a difference as text. */
export const shown = (value, { sku, isEntry }) =>
  (sku ? value && `Quantity ${value}` : value) || (isEntry ? "Not on the order" : "(empty)");
