// The differences between the lines that a form showed and the lines of the stored order. Price, name and unit of a line are
// those of the catalog when the order is placed, so they may have changed since a person picked the product.
import { isolated, money } from "../lib/format.js";

/** Return a text for each line, and for the total, that the stored order does not have as the form showed it. */
export function catalogChanges(shown, { items, total, chargeTotal = 0, currency }) {
  const lines = items.flatMap((item, index) => line(shown[index], item, currency));
  const sum = shown.reduce(
    (known, { unitPrice = 0, quantity }) => known + unitPrice * Number(quantity),
    chargeTotal, // charges have no price in the catalog, so the form showed the same
  );
  if (!lines.length || sum === total) return lines;
  return [...lines, `Total: ${money(sum, currency)} → ${money(total, currency)}`];
}

function line(shown, stored, currency) {
  if (shown?.sku !== stored.sku) return []; // a colleague has edited the lines already
  const price = ({ unitPrice }) => (unitPrice === undefined ? "no price" : money(unitPrice, currency));
  const changes = [
    ["price", price(shown), price(stored)],
    ["name", shown.name ?? stored.name, stored.name],
    ["unit", shown.unit ?? stored.unit, stored.unit ?? shown.unit], // a line that was ordered before lines had units
  ].filter(([, before, now]) => before !== now);
  if (!changes.length) return [];
  const texts = changes.map(([what, before, now]) => `${what} ${isolated(before)} → ${isolated(now)}`);
  return [`${isolated(stored.name)} (${stored.sku}): ${texts.join(", ")}`];
}
