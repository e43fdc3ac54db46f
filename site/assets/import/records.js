// A CSV file as records. A quote that is opened or closed in a wrong place makes several rows look like one: such rows are given
// back as damaged, and reading goes on in the next line. local/csv_file.py has the same rules, and a test runs both.
import { key } from "../lib/text.js";

const NOT_CLOSED = "a quote is opened and not closed in its cell";
const AFTER_QUOTE = "there is text behind the closing quote of a cell";

/** Return the lines of a text, each with its end. */
export const linesOf = (text) => text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];

const bare = (line) => line.replace(/[\r\n]+$/, "");

/**
 * Yield the records of lines from the index `first` on, without the blank ones, as {row, cells, fault}. `row` is the number of the
 * first line. A damaged record has the cells of that line as if quotes meant nothing. `isRow(cells)` is whether the cells of a line
 * inside a quoted cell look like a row of their own.
 */
export function* records(lines, separator, first, isRow = () => false) {
  let width = 0;
  for (let at = first; at < lines.length;) {
    const found = recordAt(lines, at, separator);
    width ||= found.cells.length;
    const fault =
      found.fault || (found.used > 1 && joinedFault(lines, at, found, { separator, width, isRow }));
    const cells = fault ? bare(lines[at]).split(separator) : found.cells;
    if (cells.some((cell) => key(cell))) yield { row: at + 1, cells, fault: fault || "" };
    at += fault ? 1 : found.used;
  }
}

/** Return the fault of a record of several lines: rows that a stray quote has joined. */
function joinedFault(lines, at, { cells, used }, { separator, width, isRow }) {
  if (cells.length !== width) return NOT_CLOSED;
  const inside = lines.slice(at + 1, at + used).map((line) => bare(line).split(separator));
  return inside.some(isRow) ? NOT_CLOSED : "";
}

/** Return {cells, used, fault}: the record that begins in a line, and its number of lines. */
function recordAt(lines, first, separator) {
  const cells = [];
  let [at, used, text] = [0, 1, lines[first]];
  for (;;) {
    if (text[at] === '"') {
      const more = wholeCell(lines, first + used - 1, at);
      if (!more) return { cells: [], used, fault: NOT_CLOSED };
      cells.push(more.cell);
      used += more.lines;
      [text, at] = [lines[first + used - 1], more.end];
    } else {
      const end = endOfCell(text, at, separator);
      cells.push(text.slice(at, end));
      at = end;
    }
    const next = text[at] ?? "\n";
    if (next === "\r" || next === "\n") return { cells, used, fault: "" };
    if (next !== separator) return { cells: [], used, fault: used > 1 ? NOT_CLOSED : AFTER_QUOTE };
    at++;
  }
}

function endOfCell(text, at, separator) {
  let end = at;
  while (end < text.length && text[end] !== separator && text[end] !== "\r" && text[end] !== "\n") end++;
  return end;
}

/** Return the cell that begins with the quote at `start` of a line: {cell, lines, end}, with the number of further lines. */
function wholeCell(lines, first, start) {
  let [cell, at] = ["", start + 1];
  for (let line = first; line < lines.length; line++, at = 0) {
    const text = lines[line];
    for (let end = text.indexOf('"', at); end >= 0; end = text.indexOf('"', at)) {
      cell += text.slice(at, end);
      at = end + 1;
      if (text[at] !== '"') return { cell, lines: line - first, end: at };
      cell += '"';
      at++;
    }
    cell += text.slice(at);
    if (line - first > MAX_LINES) return null;
  }
  return null;
}

const MAX_LINES = 500; // of a cell: more are the rest of a file behind a stray quote
