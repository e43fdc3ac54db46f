// The rows of a file with what becomes of them: those of one outcome at a time, a page of them at a time.
import { changeInWords } from "../catalog/words.js";
import { productPage } from "../catalog/products.js";
import { announce, byId, stamp } from "../lib/dom.js";
import { isolated, money, whole } from "../lib/format.js";
import { COLUMNS } from "./titles.js";
import { countsOf, withLargeChanges } from "./verdicts.js";

const PAGE_SIZE = 50; // rows
// The outcomes with their names before and after the import.
const FILTERS = [
  ["refused", "Refused", "Refused"],
  ["failed", "Not checked", "Not done"],
  ["large", "Large price changes", "Large price changes"],
  ["changed", "To change", "Changed"],
  ["added", "To add", "Added"],
  ["unchanged", "Unchanged", "Unchanged"],
];

let view = { rows: [], outcome: "", at: 0, currency: "" };

/** Show these rows in place of others, beginning with those that a person has to look at. `isWriting` is whether they were imported. */
export function showRows(rows, { currency, isWriting }) {
  const counts = countsOf(rows).set("large", withLargeChanges(rows).length);
  const present = FILTERS.filter(([outcome]) => counts.get(outcome));
  const [first] = present.filter(([outcome]) => outcome !== "large");
  view = { rows, outcome: first?.[0] ?? "", at: 0, currency };
  byId("filters").replaceChildren(
    ...present.map(([outcome, before, after]) =>
      filterOf(outcome, isWriting ? after : before, whole(counts.get(outcome))),
    ),
  );
  byId("result").hidden = !present.length;
  byId("rows-before").onclick = () => turn(-PAGE_SIZE);
  byId("rows-after").onclick = () => turn(PAGE_SIZE);
  showPage();
}

function filterOf(outcome, label, count) {
  const button = stamp("filter", { label, count });
  button.dataset.outcome = outcome;
  button.onclick = () => {
    Object.assign(view, { outcome, at: 0 });
    showPage();
    announce(`${label}: ${count}`);
  };
  return button;
}

function turn(by) {
  view.at += by;
  showPage();
  byId("filters").scrollIntoView({ block: "nearest" });
  announce(byId("rows-shown").textContent);
}

function showPage() {
  const { rows, outcome, at, currency } = view;
  const found = outcome === "large" ? withLargeChanges(rows) : rows.filter((row) => row.outcome === outcome);
  const page = found.slice(at, at + PAGE_SIZE);
  byId("row-list").replaceChildren(...page.map((row) => rowOf(row, currency)));
  for (const button of byId("filters").children)
    button.ariaPressed = String(button.dataset.outcome === outcome);
  byId("row-pages").hidden = found.length <= PAGE_SIZE;
  byId("rows-before").disabled = at === 0;
  byId("rows-after").disabled = at + PAGE_SIZE >= found.length;
  byId("rows-shown").textContent = `${whole(at + 1)}–${whole(at + page.length)} of ${whole(found.length)}`;
}

function rowOf(row, currency) {
  const element = stamp("import-row", { row: String(row.row), sku: row.sku || "No SKU", name: row.name });
  const link = element.querySelector("a");
  if (row.outcome === "changed" || row.outcome === "unchanged" || row.isWritten) {
    link.href = productPage(row.sku);
    link.target = "_blank";
  }
  element.querySelector("ul").replaceChildren(...whatOf(row, currency).map((part) => stamp("what", part)));
  return element;
}

/** Return what becomes of a row: [{text, rule}]. */
export function whatOf({ outcome, changes = [], faults, item, why, isWritten }, currency) {
  if (outcome === "refused") return faults.map(faultInWords);
  if (outcome === "failed") return [{ text: "", rule: `Not done: ${why}` }];
  if (outcome === "unchanged") return [{ text: "As it is in the catalog already", rule: "" }];
  const own = item.currency ?? currency;
  const before = changes.find(({ field }) => field === "currency")?.from;
  if (outcome === "changed")
    return changes.map((change) => ({ text: changeInWords(change, own, before), rule: "" }));
  const price = money(item.unitPrice, own);
  return [{ text: `${isWritten ? "Added" : "New"}: ${isolated(item.category)}, ${price}`, rule: "" }];
}

function faultInWords({ field, value, rule }) {
  const label = COLUMNS[field] ?? field;
  if (!field) return { text: "", rule: `${rule[0].toUpperCase()}${rule.slice(1)}` };
  return { text: value ? `${label} “${isolated(value.slice(0, 200))}”` : label, rule };
}
