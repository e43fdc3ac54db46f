// Two people changed one order: what differs, side by side, and the choice between them.
import { byId, stamp } from "./dom.js";
import { statusName } from "./order-status.js";

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const lines = (items) => items.map(({ sku, quantity }) => ({ sku, quantity: Number(quantity) }));
const asText = (items, names) => items.map(({ sku, quantity }) => `${quantity} × ${names.get(sku) ?? sku}`).join("\n");

const FIELDS = [
  ...["name", "email", "company", "phone", "address"].map((name) => ({
    name,
    label: statusName(name),
    get: (order) => order.customer[name] ?? "",
    set: (order, value) => (order.customer[name] = value),
  })),
  { name: "notes", label: "Notes", get: (order) => order.notes ?? "", set: (order, value) => (order.notes = value) },
  { name: "items", label: "Lines", get: (order) => lines(order.items), set: (order, value) => (order.items = value) },
];

/** Where mine and the stored order differ; `suggested` is the side that changed, or none when both did. */
export function differences(base, mine, theirs) {
  return FIELDS.filter(({ get }) => !same(get(mine), get(theirs))).map((field) => {
    const [was, own, other] = [base, mine, theirs].map(field.get);
    return { ...field, suggested: same(was, other) ? "mine" : same(was, own) ? "theirs" : null };
  });
}

/** Asks which side counts for each difference. Answers {choice: "back"|"theirs"|"merge", merged}. */
export async function choose(base, mine, theirs) {
  const found = differences(base, mine, theirs);
  const names = new Map([...theirs.items, ...mine.items].map(({ sku, name }) => [sku, name]));
  const text = (value) => (Array.isArray(value) ? asText(value, names) : value) || "(empty)";
  const last = theirs.history.at(-1);
  byId("changes-intro").textContent =
    `${last.by} saved it while you were editing. Choose for each difference what the order shall say.`;
  byId("change-rows").replaceChildren(
    ...found.map((field) => row(field, text(field.get(theirs)), text(field.get(mine)))),
  );
  const choice = await answer(byId("changes-dialog"));
  return { choice, merged: choice === "merge" ? merge(found, mine, theirs) : undefined };
}

function row({ name, label, suggested }, theirs, mine) {
  const element = stamp("change-row", { label, theirs, mine });
  for (const input of element.querySelectorAll("input")) {
    input.name = `change-${name}`;
    input.checked = input.value === suggested;
  }
  return element;
}

function answer(dialog) {
  dialog.returnValue = "back";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

function merge(found, mine, theirs) {
  const merged = { customer: { ...theirs.customer }, notes: theirs.notes, items: theirs.items };
  const form = byId("changes-form");
  for (const { name, get, set } of found) {
    if (form.elements[`change-${name}`].value === "mine") set(merged, name === "items" ? mine.items : get(mine));
  }
  return merged;
}
