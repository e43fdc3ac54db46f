// Products as the cells of a file that can be imported again.
import { COLUMNS, FIELDS } from "../import/titles.js";

const text = (value) => ({ kind: "text", value });

/** Return the cells of a product. */
export const cellsOf = (product) => FIELDS.map((field) => cellOf(field, product));

function cellOf(field, { currency, [field]: value = "" }) {
  if (field === "currency") return text(currency);
  if (field === "unitPrice") return { kind: "amount", value, currency };
  if (field === "active") return text(value ? "yes" : "no");
  return typeof value === "number" ? { kind: "number", value } : text(value);
}

/** Return the file of these products. */
export const catalogFile = (products, { line, file }) =>
  file(
    FIELDS.map((field) => COLUMNS[field]),
    products.map((product) => line(cellsOf(product))),
  );
