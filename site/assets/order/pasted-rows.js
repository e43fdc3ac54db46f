// Pasted rows "SKU quantity" from a spreadsheet, a CSV file or a mail. Every row that is not blank gets a result.
import { loadedSchemas } from "../lib/json-schema.js";

const { Item } = await loadedSchemas;
const QUANTITY = Item.properties.quantity;
const SKU_TITLES =
  /^(skus?|(item|article|product|stock|part)(code|number|no|nr|id)?|code|artikel(nr|nummer)?|art(icle)?no)$/;
const QUANTITY_TITLES =
  /^(quantity|quantities|qty|pieces|pcs|units?|amount|count|number|menge|anzahl|stück)$/;

/**
 * Return {titles, rows}. `titles` is the row of titles as {row: its number, text}, or null. `rows` are all other rows that
 * are not blank, as {row, text, sku, quantity} or {row, text, sku, fault}.
 */
export function parse(text) {
  const written = text
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ row: index + 1, text: line.trim(), cells: cells(line) }))
    .filter((line) => line.text !== "");
  const named = written.length ? columns(written[0]) : null;
  const titles = named && written.shift();
  return { titles, rows: written.map((line) => read(line, named ?? {})) };
}

/** Return the cells of a line without quotes. Tabs separate cells, without tabs semicolons, then commas, then blanks. */
function cells(line) {
  const separator = ["\t", ";", ","].find((mark) => line.includes(mark));
  const found = separator ? quoted(line, separator) : line.trim().split(/\s+/);
  return found.map((cell) => cell.trim());
}

function quoted(line, separator) {
  const found = [""];
  let inside = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at];
    if (inside && letter === '"' && line[at + 1] === '"') found[found.length - 1] += line[at++];
    else if (letter === '"' && (inside || found.at(-1).trim() === "")) inside = !inside;
    else if (letter === separator && !inside) found.push("");
    else found[found.length - 1] += letter;
  }
  return found;
}

const plain = (cell) => cell.toLowerCase().replace(/[^\p{L}]/gu, "");
const isNumber = (cell) => /^\d+$/.test(cell);

/** Return the positions {sku, quantity} of the columns that titles name, or null if the row is not a row of titles. */
function columns({ text, cells: titles }) {
  const sku = titles.findIndex((cell) => SKU_TITLES.test(plain(cell)));
  if (sku < 0 || titles.some(isNumber)) return null;
  const quantity = titles.findIndex((cell) => QUANTITY_TITLES.test(plain(cell)));
  // Blanks may also be inside a title, so the positions of titles between blanks are unknown.
  return quantity < 0 || !/[\t;,]/.test(text) ? {} : { sku, quantity };
}

function read({ row, text, cells: found }, titles) {
  const sku = found[titles.sku ?? 0] ?? "";
  const rest = found.filter((cell, index) => index > 0 && cell !== "");
  const numbers = rest.filter(isNumber);
  const quantity = found[titles.quantity] ?? (numbers.length === 1 ? numbers[0] : rest[0]) ?? "";
  const several = titles.quantity === undefined && numbers.length > 1;
  const fault = several ? "has several numbers: leave only SKU and quantity" : wrong(quantity);
  return fault ? { row, text, sku, fault } : { row, text, sku, quantity: Number(quantity) };
}

/** Return the fault of a quantity as it is written, or an empty text. */
function wrong(quantity) {
  if (quantity === "") return "has no quantity";
  if (!isNumber(quantity)) return `quantity must be a whole number in digits, got ${quantity}`;
  return outside(Number(quantity));
}

/** Return the fault of a whole number as a quantity, or an empty text. */
export function outside(quantity) {
  const { minimum, maximum } = QUANTITY;
  if (quantity < minimum) return `quantity must be at least ${minimum}, got ${quantity}`;
  if (quantity <= maximum) return "";
  return `quantity must be at most ${maximum.toLocaleString("en")}, got ${quantity.toLocaleString("en")}`;
}
