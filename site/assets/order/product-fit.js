// The order in which found products are offered: the ones that fit the typed text best come first.
import { letters } from "../lib/letters.js";

/** Return products sorted by their fit to a text. Products that fit equally stay in their order. */
export const byFit = (products, text) =>
  products.toSorted((one, other) => misfit(one, text) - misfit(other, text));

function misfit({ sku, name }, text) {
  if (sku.toLowerCase() === text.toLowerCase()) return 0;
  const [written, typed] = [name, text].map(letters);
  if (written.startsWith(typed)) return 1;
  return written.includes(typed) ? 2 : 3;
}
