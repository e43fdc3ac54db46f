// Products as the cells of a file that can be imported again.
import { COLUMNS, FIELDS } from "../import/titles.js";

const text = (value) => ({ kind: "text", value });

/** Return the cells of a product. */
export function cellsOf({ unitPrice, currency, active, description = "", ...product }) {
  const { sku, name, category, unit } = product;
  const price = { kind: "amount", value: unitPrice, currency };
  const of = { sku: text(sku), name: text(name), category: text(category), unitPrice: price };
  const rest = { unit: text(unit), active: text(active ? "yes" : "no"), description: text(description) };
  const cells = { ...of, currency: text(currency), ...rest };
  return FIELDS.map((field) => cells[field]);
}

/** Return the file of these products. */
export const catalogFile = (products, { line, file }) =>
  file(
    FIELDS.map((field) => COLUMNS[field]),
    products.map((product) => line(cellsOf(product))),
  );
