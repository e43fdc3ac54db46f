// The dialog for an order that two people changed. It shows the differences, and the person chooses between them.
import { ask } from "../lib/dialogs.js";
import { byId, stamp } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { differences, shown } from "./differences.js";

/** Ask which side to keep for each difference. Resolve to {choice: "back"|"theirs"|"merge", merged}. */
export async function choose(base, mine, theirs) {
  const found = differences(base, mine, theirs);
  if (!found.length) return { choice: "theirs" }; // both made the same changes
  byId("changes-intro").replaceChildren(
    `${editors(base, theirs)} saved it while you were editing, last `,
    time(theirs.updatedAt),
    ". Choose for each difference what the order should say.",
  );
  byId("change-rows").replaceChildren(...found.map(row));
  const choice = await ask(byId("changes-dialog"), "back");
  return { choice, merged: choice === "merge" ? merge(found, mine, theirs) : undefined };
}

const editors = (base, { history }) =>
  [...new Set(history.slice(base.history.length).map(({ by }) => by))].join(" and ");

function row(field, index) {
  const { name, label, sku, was, own, other, suggested } = field;
  const element = stamp("change-row", {
    label,
    sku,
    theirs: shown(other, field),
    mine: shown(own, field),
    "theirs-note": note(was, other, field),
    "mine-note": note(was, own, field),
  });
  element.dataset.change = name;
  for (const input of element.querySelectorAll("input")) {
    input.name = `change-${index}`;
    input.checked = input.value === suggested;
  }
  return element;
}

function note(was, value, { isEntry }) {
  if (was === value) return "unchanged";
  if (was === "") return "added";
  if (value === "") return isEntry ? `removed, was ${was}` : "removed";
  return isEntry ? `changed from ${was}` : "changed";
}

function merge(found, mine, theirs) {
  const { reference, notes, items, charges } = theirs;
  const merged = { customer: { ...theirs.customer }, reference, notes, items, charges };
  const form = byId("changes-form");
  for (const [index, { get, set }] of found.entries()) {
    if (form.elements[`change-${index}`].value === "mine") set(merged, get(mine), mine);
  }
  return merged;
}
