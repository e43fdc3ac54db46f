// Orders as a CSV file (RFC 4180). Excel and LibreOffice show accents correctly and read no text as a formula.
import { fractionDigits, orderNumber } from "../lib/format.js";

const FORMULA = /^[=+\-@\u2212＝＋－＠﹢﹣﹦﹫]/u;
const AFTER_A_SEPARATOR = /([;\t\r\n][\s\p{C}]*)(?=[=+\-@\u2212＝＋－＠﹢﹣﹦﹫])/gu;
// Texts that a spreadsheet reads as numbers and changes: 012345, 123456e7, more than 15 digits. Order numbers and phone
// numbers can be such texts.
const REWRITTEN = /^(0\d+|\d+e\d+|\d{16,})$/iu;

const COLUMNS = {
  "Order number": (order) => orderNumber(order.orderID),
  "Order ID": (order) => order.orderID,
  Taken: (order) => localTime(order.createdAt),
  Status: (order) => order.status,
  Customer: (order) => order.customer.name,
  "E-mail": (order) => order.customer.email,
  Company: (order) => order.customer.company,
  Phone: (order) => order.customer.phone,
  Address: (order) => order.customer.address,
  Lines: (order) => order.lineCount,
  Total: (order) => decimal(order.total, order.currency),
  Currency: (order) => order.currency,
  "Taken by": (order) => order.submittedBy,
};

export const HEADER = line(Object.keys(COLUMNS));

/** Return one order as a line of the file. */
export const orderLine = (order) => line(Object.values(COLUMNS).map((column) => column(order)));

/** Return the whole file. The byte order mark makes Excel read the file as UTF-8. */
export const file = (lines) => new Blob(["\uFEFF", HEADER, ...lines], { type: "text/csv;charset=utf-8" });

function line(cells) {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value) {
  const text = harmless(String(value ?? ""));
  return /[",;\s']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Return a text in a form that a spreadsheet reads neither as a formula nor as a number (OWASP, "CSV injection"). An
 * apostrophe goes before text whose first visible character is = + - @ or a full-width form of one of them. One goes there
 * after a semicolon, tab or line break too, because Excel begins a new cell there if its separator is a semicolon.
 */
function harmless(text) {
  const [blanks] = text.match(/^[\s\p{C}]*/u);
  const rest = text.slice(blanks.length);
  const begins = /^[\t\r\n]/.test(blanks) || FORMULA.test(rest) || REWRITTEN.test(text.trim());
  return (begins ? "'" : "") + blanks + rest.replace(AFTER_A_SEPARATOR, "$1'");
}

/** Return integer minor units as a decimal number with a point, whatever the locale: 2097 GBP is 20.97. */
function decimal(minorUnits, currency) {
  const digits = fractionDigits(currency);
  return (minorUnits / 10 ** digits).toFixed(digits);
}

/** Return the time in the person's time zone as 2026-01-31 09:30:00, which spreadsheets read as a time. */
function localTime(iso) {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 19)
    .replace("T", " ");
}
