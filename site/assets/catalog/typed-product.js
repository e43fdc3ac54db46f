// A product as it is typed: the texts of the form, the document for the API, and an edit that met another one.
import { amountIn, asTyped } from "../lib/amount.js";
import { wholeNumber } from "../lib/quantity.js";
import { key, line, lines } from "../lib/text.js";
import { contentOf } from "./products.js";
import { typedPictograms, typedStatements, typedUfi } from "./typed-label.js";
import { LABELS } from "./words.js";

const FORMS = {
  sku: key,
  name: line,
  category: line,
  unit: line,
  description: lines,
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

/**
 * Return what became of an edit that met another one: `merged`, the document with their values where only they changed
 * something, `taken`, those fields as {field, from, to}, and `both`, the fields that both changed, as {field, mine, theirs}.
 */
export function merge(base, mine, theirs) {
  const [merged, taken, both] = [{ ...mine }, [], []];
  for (const field of Object.keys(LABELS)) {
    const [was, own, other] = [base[field], mine[field], theirs[field]];
    if (own === other || other === was) continue;
    if (own === was) {
      taken.push({ field, from: was, to: other });
      merged[field] = other;
    } else both.push({ field, mine: own, theirs: other });
  }
  return { merged, taken, both };
}
