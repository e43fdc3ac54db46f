// Pasted text as records of cells: a copy of a spreadsheet, a CSV file (RFC 4180), or lines of a mail.
import { key } from "../lib/text.js";

// A cell in quotation marks ends only before a separator or the end of a line, so that a stray mark takes no other row.
const QUOTED_CELL = /"((?:[^"]|"")*)"(?=[ \u00a0]*(?:[\t;,\r\n]|$))/y;

/**
 * Return each record that is not blank as {row, at, text, parts}. `row` is the number of its first line, `at` the place of its
 * first character, `text` is as it was pasted. `parts` are pieces {text, quoted}: a quoted piece is one cell, whatever is in it, also line breaks.
 */
export function records(text) {
  const found = [];
  let row = 1;
  for (let at = 0; at < text.length;) {
    const { parts, end } = recordAt(text, at);
    const [lineEnd] = /^(?:\r\n|[\r\n])?/.exec(text.slice(end, end + 2));
    const record = { row, at, text: text.slice(at, end), parts };
    if (key(record.text)) found.push(record);
    at = end + lineEnd.length;
    row += record.text.split(/\r\n|\r|\n/).length;
  }
  return found;
}

function recordAt(text, start) {
  const parts = [{ text: "", quoted: false }];
  let atCellStart = true;
  let at = start;
  while (at < text.length && !/[\r\n]/.test(text[at])) {
    const cell = atCellStart && text[at] === '"' && quotedCell(text, at);
    if (cell) parts.push({ text: cell[1].replaceAll('""', '"'), quoted: true }, { text: "", quoted: false });
    else parts.at(-1).text += text[at];
    atCellStart = !cell && (/[\t;,]/.test(text[at]) || (atCellStart && key(text[at]) === ""));
    at += cell ? cell[0].length : 1;
  }
  return { parts, end: at };
}

function quotedCell(text, at) {
  QUOTED_CELL.lastIndex = at;
  return QUOTED_CELL.exec(text);
}

/** Return the separator of a record: a tab, else a semicolon, else a comma, else " " for blanks of any kind and number. */
export function separatorOf({ parts }) {
  const plain = parts
    .filter(({ quoted }) => !quoted)
    .map(({ text }) => text)
    .join("");
  const mark = ["\t", ";"].find((one) => plain.includes(one));
  return mark ?? (hasCommas(plain) || parts.length > 1 ? "," : " ");
}

/** Whether commas separate the cells. In "MOP-01 1,200" the comma belongs to a number. */
function hasCommas(plain) {
  const [first] = key(plain).split(" ");
  return first.includes(",") || /(?<!\p{Nd}),|,(?!\p{Nd})/u.test(plain);
}

/** Return the cells of a record in their normal form, without the characters that nobody sees. */
export function cellsOf({ parts }, separator) {
  if (separator === " ") return key(parts[0].text).split(/ +/);
  const cells = [""];
  for (const { text, quoted } of parts) {
    const [first, ...others] = quoted ? [text] : text.split(separator);
    cells[cells.length - 1] += first;
    cells.push(...others);
  }
  return cells.map(key);
}
