// The verdicts of the API on rows of a file, and what they come to.
import { amountFault } from "../lib/amount-faults.js";
import { count, whole } from "../lib/format.js";
import { COLUMNS } from "./titles.js";

const BEFORE = { added: "to add", changed: "to change", failed: "not checked" };
const AFTER = {
  added: "added",
  changed: "changed",
  unchanged: "unchanged",
  refused: "refused",
  failed: "not done",
};
const LARGE = 0.5; // of a price: a change beyond it is asked about

/** Put the verdict of the API into a row. A row in doubt is refused, unless the catalog has exactly what it says. */
export function take(row, { outcome, changes = [], fields = [] }, { places, currency }) {
  row.changes = changes;
  row.outcome = outcome;
  if (outcome === "refused") row.faults = fields.map((fault) => faultOf(row, fault, places, currency));
  if (outcome !== "refused" && outcome !== "unchanged" && row.doubts.length)
    Object.assign(row, { outcome: "refused", faults: row.doubts, changes: [] });
}

function faultOf({ cells }, { path, message }, places, currency) {
  const inWords = path === "unitPrice" ? amountFault({ path, message }, currency).message : message;
  const bare = inWords.replace(/[,;] got [\s\S]*$/, "");
  const rule = bare.replace(/(?<=also needs ).*$/, (fields) => labelled(fields.split(", ")));
  return { field: path, value: (cells[places[path]] ?? "").trim(), rule };
}

const labelled = (fields) => fields.map((field) => COLUMNS[field] ?? field).join(", ");

/** Return how many rows have each outcome, as a Map. */
export function countsOf(rows) {
  const counts = new Map();
  for (const { outcome } of rows) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

/** Return the rows whose price changes by more than half, up or down. */
export const withLargeChanges = (rows) =>
  rows.filter(({ outcome, changes = [] }) =>
    changes.some(
      ({ field, from, to }) =>
        outcome === "changed" && field === "unitPrice" && Math.abs(to - from) > from * LARGE,
    ),
  );

/** Return how many rows of a job have which outcome, in words. `counts` is from countsOf. */
export function sumsInWords({ rows, isWriting }, counts) {
  const names = Object.entries(isWriting ? AFTER : { ...AFTER, ...BEFORE });
  const parts = names.filter(([outcome]) => counts.has(outcome));
  const sums = parts.map(([outcome, word]) => `${whole(counts.get(outcome))} ${word}`).join(", ");
  return `${isWriting ? "Imported" : "Checked, and nothing is written yet"}. ${count(rows.length, "row")}: ${sums}.`;
}
