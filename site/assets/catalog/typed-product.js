// A product as it is typed: the texts of the form, the document for the API, and an edit that met another one.
import { amountIn, asTyped } from "../lib/amount.js";
import { wholeNumber } from "../lib/quantity.js";
import { key, line, lines } from "../lib/text.js";
import { FILES } from "./file-names.js";
import { contentOf } from "./products.js";
import { netContent } from "./label-texts.js";
import { typedPictograms, typedStatements, typedUfi } from "./typed-label.js";
import { LABELS } from "./words.js";

const FORMS = {
  sku: key,
  name: line,
  category: line,
  unit: line,
  description: lines,
  netContent,
  vatClass: line,
  signalWord: line,
  pictograms: typedPictograms,
  hazardStatements: typedStatements,
  ufi: typedUfi,
  image: key,
  imageText: line,
  safetyDataSheet: key,
  safetyDataSheetVersion: line,
  safetyDataSheetDate: line,
};
const NUMBERS = ["packSize", "minQuantity"];

/** Return the texts of the form for a product, or for a new one. */
export function valuesOf(product) {
  const price = product ? asTyped(product.unitPrice, product.currency) : "";
  const optional = Object.fromEntries([...Object.keys(FORMS), ...NUMBERS].map((name) => [name, ""]));
  return { ...optional, active: true, ...product, unitPrice: price };
}

/**
 * Return the document for the API, without the texts that are blank. Of the edited product `base`, if there is one, it keeps the
 * fields that the form does not have.
 */
export function documentOf(values, base, currency) {
  const texts = Object.entries(FORMS).map(([name, form]) => [name, form(values[name] ?? "")]);
  const typed = Object.fromEntries(texts.filter(([name, text]) => text && !(base && name === "sku")));
  const kept = Object.entries(base ? contentOf(base) : {}).filter(([name]) => !(name in values));
  const price = values.unitPrice.trim();
  const amount = price && { unitPrice: amountIn(price, currency) ?? price };
  const counts = NUMBERS.map((name) => [name, String(values[name] ?? "").trim()]).filter(([, text]) => text);
  const numbers = Object.fromEntries(counts.map(([name, text]) => [name, wholeNumber(text) ?? text]));
  return { ...Object.fromEntries(kept), ...typed, ...amount, ...numbers, active: values.active };
}

const OTHERS = Object.values(FILES).flat();
// The fields that are changed together: a file and what says what it is. Any other field is a group of its own.
const GROUPS = Object.keys(LABELS)
  .filter((field) => !OTHERS.includes(field))
  .map((field) => [field, ...(FILES[field] ?? [])]);

/**
 * Return what became of an edit that met another one: `merged`, the document with their values where only they changed
 * something, `taken`, those fields as {field, from, to}, and `both`, the fields that both changed, as {field, mine, theirs}.
 * A file and its description count as one field, so that nobody's file gets the description of another.
 */
export function merge(base, mine, theirs) {
  const [merged, taken, both] = [{ ...mine }, [], []];
  for (const group of GROUPS) {
    const isSame = (one, other) => group.every((field) => one[field] === other[field]);
    const [field] = group;
    if (isSame(mine, theirs) || isSame(theirs, base)) continue;
    if (isSame(mine, base)) taken.push(...takeTheirs(group, merged, theirs));
    else both.push({ field, mine: mine[field], theirs: theirs[field] });
  }
  return { merged, taken, both };
}

/** Put their values of some fields into a document, and return what that changed. */
function takeTheirs(fields, merged, theirs) {
  const changed = fields.filter((field) => merged[field] !== theirs[field]);
  const changes = changed.map((field) => ({ field, from: merged[field], to: theirs[field] }));
  for (const { field, to } of changes) merged[field] = to;
  return changes;
}
