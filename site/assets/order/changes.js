// Two people changed one order: what differs, field by field and line by line, and the choice between them.
import { ask } from "../lib/dialogs.js";
import { byId, stamp } from "../lib/dom.js";
import { time } from "../lib/format.js";

const LABELS = { name: "Name", email: "E-mail", company: "Company", phone: "Phone", address: "Address" };

const FIELDS = [
  ...Object.entries(LABELS).map(([name, label]) => ({
    name,
    label,
    get: (order) => order.customer[name] ?? "",
    set: (order, value) => (order.customer[name] = value),
  })),
  {
    name: "notes",
    label: "Notes",
    get: (order) => order.notes ?? "",
    set: (order, value) => (order.notes = value),
  },
];

/** A field for each line of these orders; a SKU that stands twice in an order is two lines. */
function lineFields(orders) {
  const lines = new Map();
  for (const order of orders) for (const [key, item] of keyed(order)) lines.set(key, lines.get(key) ?? item);
  return [...lines].map(([key, item]) => ({
    name: `line-${key}`,
    label: item.name ?? item.sku,
    sku: item.sku,
    get: (order) => keyed(order).get(key)?.quantity ?? "",
    set: (order, quantity, from) => (order.items = withLine(order, key, quantity && keyed(from).get(key))),
  }));
}

const kept = new WeakMap(); // for an order of a thousand lines

/** An order's lines by SKU and how many of it came before, with their quantities as text. */
function keyed({ items }) {
  if (kept.has(items)) return kept.get(items);
  const seen = {};
  const lines = items.map((item) => {
    seen[item.sku] = (seen[item.sku] ?? 0) + 1;
    return [`${item.sku} ${seen[item.sku]}`, { ...item, quantity: String(Number(item.quantity)) }];
  });
  kept.set(items, new Map(lines));
  return kept.get(items);
}

function withLine(order, key, item) {
  const lines = new Map(keyed(order));
  if (item) lines.set(key, item);
  else lines.delete(key);
  return [...lines.values()];
}

/** Where mine and the stored order differ; `suggested` is the side that changed, or none when both did. */
export function differences(base, mine, theirs) {
  return [...FIELDS, ...lineFields([theirs, mine, base])]
    .filter(({ get }) => get(mine) !== get(theirs))
    .map((field) => {
      const [was, own, other] = [base, mine, theirs].map(field.get);
      return { ...field, was, own, other, suggested: was === other ? "mine" : was === own ? "theirs" : null };
    });
}

/** What became of an order since, as texts: for someone who changed nothing of it. */
export function changesSince(base, theirs) {
  return differences(base, base, theirs).map(
    ({ label, sku, was, other }) =>
      `${label}${sku ? ` (${sku})` : ""}: ${shown(was, sku)} → ${shown(other, sku)}`,
  );
}

/** Asks which side counts for each difference. Answers {choice: "back"|"theirs"|"merge", merged}. */
export async function choose(base, mine, theirs) {
  const found = differences(base, mine, theirs);
  if (!found.length) return { choice: "theirs" }; // both changed it to the same
  byId("changes-intro").replaceChildren(
    `${editors(base, theirs)} saved it while you were editing, last `,
    time(theirs.updatedAt),
    ". Choose for each difference what the order shall say.",
  );
  byId("change-rows").replaceChildren(...found.map(row));
  const choice = await ask(byId("changes-dialog"), "back");
  return { choice, merged: choice === "merge" ? merge(found, mine, theirs) : undefined };
}

const editors = (base, { history }) =>
  [...new Set(history.slice(base.history.length).map(({ by }) => by))].join(" and ");

function row({ name, label, sku, was, own, other, suggested }, index) {
  const element = stamp("change-row", {
    label,
    sku,
    theirs: shown(other, sku),
    mine: shown(own, sku),
    "theirs-note": note(was, other, sku),
    "mine-note": note(was, own, sku),
  });
  element.dataset.change = name;
  for (const input of element.querySelectorAll("input")) {
    input.name = `change-${index}`;
    input.checked = input.value === suggested;
  }
  return element;
}

const shown = (value, sku) =>
  (sku ? value && `Quantity ${value}` : value) || (sku ? "Not on the order" : "(empty)");

function note(was, value, sku) {
  if (was === value) return "unchanged";
  if (was === "") return "added";
  if (value === "") return sku ? `removed, was ${was}` : "removed";
  return sku ? `changed from ${was}` : "changed";
}

function merge(found, mine, theirs) {
  const merged = { customer: { ...theirs.customer }, notes: theirs.notes, items: theirs.items };
  const form = byId("changes-form");
  for (const [index, { get, set }] of found.entries()) {
    if (form.elements[`change-${index}`].value === "mine") set(merged, get(mine), mine);
  }
  return merged;
}
