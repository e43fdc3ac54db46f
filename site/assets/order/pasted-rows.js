// Pasted rows "SKU quantity" from a spreadsheet, a CSV file or a mail. Every row that is not blank gets a result, and a row
// that can be read in two ways is refused with the reason.
import { isolated } from "../lib/format.js";
import { loadedSchemas } from "../lib/json-schema.js";
import { cellsOf, records, separatorOf } from "./pasted-cells.js";
import { titlesIn } from "./pasted-titles.js";
import { wholeNumber } from "../lib/quantity.js";

const { Item } = await loadedSchemas;
const QUANTITY = Item.properties.quantity;
const SKU = new RegExp(Item.properties.sku.pattern, "u");

/**
 * Return {titles, rows}. `titles` is the row of titles as `titlesIn` returns it, or null. `rows` are all other rows that are
 * not blank, as {row, at, text, sku, quantity, unit?} or {row, at, text, sku, fault}. Titles that are repeated are left out.
 */
export function parse(text) {
  const all = records(text).map((record) => ({ record, titles: titlesIn(record) }));
  const titles = all.find((one) => one.titles)?.titles ?? null;
  const rows = [];
  let stranger = null; // the titles of another table
  for (const { record, titles: own } of all) {
    if (own && !isSame(own, titles)) stranger ??= own;
    if (!own || stranger) rows.push(read(record, { titles, stranger }));
  }
  return { titles, rows };
}

const isSame = (one, other) => one.text.trim() === other.text.trim();

function read(record, { titles, stranger }) {
  const { row, at, text } = record;
  const found = titles?.names ? titled(record, titles) : untitled(record);
  const misplaced = place(row, titles, stranger);
  if (misplaced) return { row, at, text, sku: found.sku, fault: misplaced };
  if (found.sku === "") return { row, at, text, sku: "", fault: "has no SKU" };
  return { row, at, text, ...found };
}

function place(row, titles, stranger) {
  if (!titles) return "";
  if (row < titles.row) return `is above the titles in row ${titles.row}`;
  if (titles.fault) return `cannot be read, because row ${titles.row} ${titles.fault}`;
  if (!stranger) return "";
  const where =
    row === stranger.row ? `has other titles than row ${titles.row}` : `is below row ${stranger.row}`;
  return `${where}: paste each table on its own`;
}

function titled(record, { separator, names, sku: skuAt, quantity: quantityAt, unit: unitAt, measure }) {
  const cells = cellsOf(record, separator);
  const sku = cells[skuAt] ?? "";
  const isLonger = cells.slice(names.length).some((cell) => cell !== "");
  if (isLonger || cells.length < names.length)
    return { sku, fault: `has ${cells.length} cells below ${names.length} titles` };
  return { sku, ...quantity(cells[quantityAt]), unit: cells[unitAt] || measure };
}

// A cell of digits with punctuation, or with a short word as in "24 pcs", could be meant as the quantity.
const isNumeric = (cell) => /^(\P{L}*\p{Nd}\P{L}*|\p{Nd}+ ?\p{L}{1,4}\.?)$/u.test(cell);

const IS_PRICE_MARK = /^(?:@|\p{Sc}|eur|gbp|usd|chf|price:?)$/iu; // before a number

const TIMES = /^(\d+) ?[x×] (\S+)$/iu; // "3 x MOP-01"

/** Read a row without titles: the SKU, then a name without numbers, and the quantity at the end, or "3 x SKU". */
function untitled(record) {
  const separator = separatorOf(record);
  const cells = cellsOf(record, separator).filter((cell) => cell !== "");
  if (separator === " " && /^[-*•·]$/u.test(cells[0])) cells.shift(); // the mark of a list
  const times = TIMES.exec(cells.join(" "));
  if (times) return timesOf(times);
  const [sku = "", ...rest] = cells;
  const doubt = doubtOf(sku, rest);
  if (doubt) return { sku, fault: `has ${doubt}: leave only SKU and quantity` };
  return { sku, ...quantity(rest.at(-1) ?? "") };
}

/** Read "3 x MOP-01". Of two numbers, each could be the quantity. */
function timesOf([, count, sku]) {
  if (/\p{L}/u.test(sku)) return { sku, ...quantity(count) };
  return { sku: count, fault: `has two numbers, ${count} and ${sku}: leave only SKU and quantity` };
}

/** Return the reason why the cells behind a SKU can be read in two ways, or an empty text. */
function doubtOf(sku, rest) {
  if (IS_PRICE_MARK.test(rest.at(-2) ?? "")) return `a price, ${isolated(rest.slice(-2).join(" "))}`;
  const numbers = rest.filter(isNumeric);
  if (numbers.length > 1) return `several numbers, ${numbers.join(" and ")}`;
  const behind = numbers.length ? rest.slice(rest.indexOf(numbers[0]) + 1) : [];
  if (behind.length) return `“${isolated(behind.join(" "))}” behind the number ${numbers[0]}`;
  const other = rest.slice(0, -1).find((cell) => /\d/.test(cell) && SKU.test(cell));
  return other ? `two codes, ${isolated(sku)} and ${other}` : "";
}

/** Return a quantity as it is written as {quantity} or {fault}. */
function quantity(written) {
  if (written === "") return { fault: "has no quantity" };
  const pieces = wholeNumber(written);
  if (pieces === undefined)
    return { fault: `quantity must be a whole number in digits, got ${isolated(written)}` };
  const fault = outside(pieces);
  return fault ? { fault } : { quantity: pieces };
}

/** Return the fault of a whole number as a quantity, or an empty text. */
export function outside(number) {
  const { minimum, maximum } = QUANTITY;
  if (number < minimum) return `quantity must be at least ${minimum}, got ${number}`;
  if (number <= maximum) return "";
  return `quantity must be at most ${maximum.toLocaleString("en")}, got ${number.toLocaleString("en")}`;
}
