// The refused rows as a CSV file to mend and import again: the columns of the original file, after one with the faults.
import { kept } from "./cells.js";
import { COLUMNS, FAULT } from "./titles.js";

/** Return the name of the file, from that of the original one, which may be such a file itself. */
export const refusedName = (name) => `${name.replace(/\.[^.]*$/, "").replace(/ refused$/, "")} refused.csv`;

/** Return the text of the file. `table` has the header and the separator of the original file, and `places` the column of each field. */
export function refusedFile(rows, { header, separator }, places) {
  const old = header.indexOf(FAULT);
  const without = (cells) => cells.filter((_, at) => at !== old);
  const titles = [FAULT, ...without(header)];
  const lines = rows.map(({ cells, faults }) => [
    faults.map((fault) => faultText(fault, header, places)).join("; "),
    ...without(cells).map(kept),
  ]);
  const written = [titles, ...lines].map((cells) =>
    cells.map((cell) => quoted(cell, separator)).join(separator),
  );
  return `\uFEFF${written.join("\r\n")}\r\n`;
}

const faultText = ({ field, rule }, header, places) =>
  field ? `${header[places[field]] ?? COLUMNS[field] ?? field}: ${rule}` : rule;

const quoted = (cell, separator) =>
  cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
