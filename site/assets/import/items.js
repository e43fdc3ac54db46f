// The rows of a file as products for the API, with the faults that can be seen before it is asked.
import { activeIn, countIn, currencyIn, descriptionIn, skuIn, textIn } from "./cells.js";
import { netContentIn, pictogramsIn, signalWordIn, statementsIn, ufiIn, vatClassIn } from "./cells.js";
import { currencyNamed, priceIn } from "./price.js";
import { key } from "../lib/text.js";
import { FIELDS } from "./titles.js";

const IS_CURRENCY = /^[A-Z]{3}$/;
const NEEDED = ["sku", "name", "category", "unitPrice", "unit", "active"]; // of a new product

// The readers of the fields that a product can lack.
const OPTIONAL = {
  description: descriptionIn,
  packSize: countIn,
  netContent: netContentIn,
  minQuantity: countIn,
  vatClass: vatClassIn,
  signalWord: signalWordIn,
  pictograms: pictogramsIn,
  hazardStatements: statementsIn,
  ufi: ufiIn,
};

/** Whether products keep fields that the file does not have. `places` has the index of the column of each field. */
export const isPartial = (places) => FIELDS.some((field) => places[field] === undefined);

/** Whether the file has all that a new product needs. */
export const canAdd = (places) => NEEDED.every((field) => places[field] !== undefined);

/** Return the fields that the file has beside the SKU. */
export const contentOf = (places) => FIELDS.filter((field) => field !== "sku" && places[field] !== undefined);

const IS_SKU = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** Return whether the cells of a line look like a row of the file: a SKU, and a price if the file has prices. */
export function looksLikeRow(cells, { sku, unitPrice, ...others }) {
  if (sku === undefined || cells.length <= Math.max(sku, unitPrice ?? 0, ...Object.values(others)))
    return false;
  const [code, price] = [cells[sku], cells[unitPrice] ?? "0"].map((cell) => cell.replace(/^"+|"+$/g, ""));
  return IS_SKU.test(key(code)) && !priceIn(price, "GBP").fault;
}

/**
 * Return each row of a table as {row, cells, sku, name, item, faults, doubts, outcome}. A row with faults has the outcome "refused", and the others wait for
 * the API. A fault is {field, value, rule}. `currency` is that of the shop.
 */
export function productRows(rows, { places, header, currency }) {
  const seen = new Map(); // the number of the first row of each SKU
  return rows.map(({ row, cells, fault }) => {
    const read = fault
      ? { item: {}, faults: [{ field: "", value: "", rule: fault }], doubts: [] }
      : readRow(cells, { places, header, currency });
    const sku = read.item.sku ?? "";
    if (seen.has(sku))
      read.faults.push({
        field: "sku",
        value: sku,
        rule: `must be in the file only once: row ${seen.get(sku)} has it`,
      });
    else if (sku) seen.set(sku, row);
    const outcome = read.faults.length ? "refused" : "waiting";
    return { row, cells, sku, name: read.item.name ?? "", ...read, outcome };
  });
}

function readRow(cells, { places, header, currency }) {
  const [item, faults, doubts] = [{}, [], []];
  const cell = (field) => cells[places[field]] ?? "";
  const named = currencyIn(cell("currency")).value ?? "";
  const own = IS_CURRENCY.test(named) ? named : currency;
  const price = (text) => priceUnder(header[places.unitPrice], text, own);
  const read = { sku: skuIn, name: textIn, category: textIn, unit: textIn, unitPrice: price };
  const readers = { ...OPTIONAL, ...read, currency: currencyIn, active: activeIn };
  for (const field of FIELDS.filter((one) => places[one] !== undefined)) {
    const { value, fault, doubt } = readers[field](cell(field));
    if (fault) faults.push({ field, value: cell(field).trim(), rule: fault });
    if (doubt) doubts.push({ field, value: cell(field).trim(), rule: doubt });
    if (value !== undefined) item[field] = value;
  }
  for (const field of Object.keys(OPTIONAL).filter((one) => item[one] === "")) {
    if (isPartial(places)) item[field] = null; // which removes that of the product
    else delete item[field];
  }
  return { item, faults, doubts };
}

function priceUnder(title, cell, currency) {
  const named = currencyNamed(title);
  const read = priceIn(cell, currency);
  return named && named !== currency && !read.fault
    ? { fault: `must be in ${currency}: its column says ${named}` }
    : read;
}
