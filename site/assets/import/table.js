// A text as the table of a CSV file: its separator, its row of column names, and its rows.
import { key } from "../lib/text.js";
import { linesOf, records } from "./records.js";
import { FAULT, guess } from "./titles.js";

const SEPARATORS = [",", ";", "\t", "|"];
const TITLE_LINES = 20; // the lines in which the column names are looked for

/**
 * Return {fault} or {separator, header, headerRow, above, lines}. `header` are the titles of the columns, `headerRow` is the number of
 * their row and `above` are the rows above it.
 */
export function headOf(text) {
  const lines = linesOf(text);
  const top = [...lines.keys()].slice(0, TITLE_LINES).filter((at) => lines[at].trim());
  if (!top.length) return { fault: "This file is empty." };
  const [, named] = /^"?sep=(.)"?\s*$/i.exec(lines[top[0]]) ?? []; // Excel's own first line
  if (named) top.shift();
  const found = titled(lines, top, named ? [named] : SEPARATORS) ?? likely(lines, top[0], named);
  if (!found) return { fault: noTitles(lines[top[0]] ?? "") };
  const textOf = (at) => withoutBlankEnd(lines[at].split(found.separator)).join(found.separator).trim();
  const above = top
    .filter((at) => at < found.at)
    .map(textOf)
    .filter(Boolean);
  const header = withoutBlankEnd(found.cells.map(key));
  return doubledFault(header) ?? { ...found, header, headerRow: found.at + 1, above, lines };
}

/** Return {at, cells, separator} of the first line that has the titles of a SKU and of another field. */
function titled(lines, top, separators) {
  for (const at of top)
    for (const separator of separators) {
      const { row, cells = [], fault } = records(lines.slice(0, at + 20), separator, at).next().value ?? {};
      const { places, doubts } = guess(cells);
      const known = [...Object.keys(places), ...doubts.map(({ field }) => field)];
      if (!fault && known.includes("sku") && known.length > 1) return { at: row - 1, cells, separator };
    }
  return null;
}

/** Return the first line as titles that a person has to assign, unless it looks like a row of values. */
function likely(lines, at, named) {
  if (at === undefined) return null;
  const of = (separator) => records(lines.slice(0, at + 20), separator, at).next().value ?? { cells: [] };
  const [separator] = named
    ? [named]
    : SEPARATORS.toSorted((a, b) => of(b).cells.length - of(a).cells.length);
  const { row, cells } = of(separator);
  const areTitles = cells.length > 1 && cells.every((cell) => !/^\P{L}*\p{Nd}\P{L}*$/u.test(cell));
  return areTitles ? { at: row - 1, cells, separator } : null;
}

const noTitles = (line) =>
  `This file has no row of column names, such as SKU and Price, above its rows. It begins with “${line.trim().slice(0, 60)}”.`;

/** Return the fault of a title of a field that two columns have. */
function doubledFault(header) {
  const isSame = ([first, second]) => header[first].toLowerCase() === header[second].toLowerCase();
  const [one] = guess(header).doubts.filter(({ columns }) => isSame(columns));
  if (!one) return null;
  const [first, second] = one.columns;
  const places = `columns ${first + 1} and ${second + 1}`;
  return { fault: `The column ${header[first]} is there twice, as ${places}. Rename or delete one of them.` };
}

function withoutBlankEnd(cells) {
  const end = cells.findLastIndex((cell) => key(cell)) + 1;
  return cells.slice(0, end);
}

/**
 * Return the rows below the titles as {row, cells, fault}, of which the damaged ones have a `fault`. `isRow(cells)` is whether the cells
 * of a line look like a row of the table.
 */
export function rowsOf({ lines, separator, headerRow, header }, isRow) {
  const found = [];
  for (const { row, cells, fault } of records(lines, separator, headerRow - 1, isRow)) {
    const isShort = cells.length < header.length || withoutBlankEnd(cells).length > header.length;
    const width = `a row must have ${header.length} cells, like the column names, got ${cells.length}`;
    found.push({ row, cells, fault: fault || (isShort ? width : "") });
  }
  return found.slice(1);
}

/** Return the index of the column of an earlier file of refused rows, or -1. */
export const faultColumn = (header) => header.indexOf(FAULT);
