// A CSV file (RFC 4180) in the form that a spreadsheet reads. Excel and LibreOffice show accents correctly.
import { fractionDigits } from "../lib/format.js";
import { asText } from "./spreadsheet-text.js";

/** Return the form of a file with this separator of cells and this decimal mark. */
export function csv(separator, mark) {
  const line = (cells) => `${cells.map((cell) => written(cell, mark)).join(separator)}\r\n`;
  return {
    extension: "csv",
    line,
    /** Return the whole file. The byte order mark makes Excel read the file as UTF-8. */
    file: (names, lines) =>
      new Blob(["\uFEFF", line(names.map((value) => ({ kind: "text", value }))), ...lines], {
        type: "text/csv;charset=utf-8",
      }),
  };
}

function written({ kind, value, currency }, mark) {
  if (kind === "number") return String(value);
  if (kind === "time") return localTime(value);
  return kind === "amount" ? decimal(value, currency, mark) : text(value);
}

/** Return a cell that a spreadsheet shows as this text. */
function text(value) {
  const safe = asText(value);
  return /[",;\s']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Return integer minor units as a decimal number without a separator of thousands: 209700 GBP is 2097.00 or 2097,00. */
function decimal(minorUnits, currency, mark) {
  const digits = fractionDigits(currency);
  return (minorUnits / 10 ** digits).toFixed(digits).replace(".", mark);
}

/** Return the time in the person's time zone as 2026-01-31 09:30:00, which spreadsheets read as a time. */
function localTime(iso) {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 19)
    .replace("T", " ");
}
