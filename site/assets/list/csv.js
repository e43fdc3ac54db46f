// Orders as a CSV file (RFC 4180) in the form that a spreadsheet reads. Excel and LibreOffice show accents correctly.
import { fractionDigits, orderNumber } from "../lib/format.js";
import { asText } from "./spreadsheet-text.js";

/** Excel's separator and decimal mark, which depend on the language and the country of the computer. */
export const FORMATS = {
  comma: { separator: ",", mark: "." },
  semicolon: { separator: ";", mark: "," },
  "semicolon-point": { separator: ";", mark: "." },
};

const COLUMNS = {
  "Order number": (order) => text(bareNumber(order)),
  "Order ID": (order) => text(order.orderID),
  Taken: (order) => localTime(order.createdAt),
  Status: (order) => order.status,
  Customer: (order) => text(order.customer.name),
  "E-mail": (order) => text(order.customer.email),
  Company: (order) => text(order.customer.company),
  Phone: (order) => text(order.customer.phone),
  Address: (order) => text(order.customer.address),
  Lines: (order) => String(order.lineCount),
  Total: (order, { mark }) => decimal(order.total, order.currency, mark),
  Currency: (order) => order.currency,
  "Taken by": (order) => text(order.submittedBy),
};

/** Return the number of an order without its sign #, as files name it. */
export const bareNumber = (order) => orderNumber(order).replace("#", "");

/** Return one order as a line of the file. */
export const orderLine = (order, format) =>
  line(
    Object.values(COLUMNS).map((column) => column(order, format)),
    format,
  );

/** Return the whole file. The byte order mark makes Excel read the file as UTF-8. */
export const file = (lines, format) =>
  new Blob(["\uFEFF", line(Object.keys(COLUMNS), format), ...lines], { type: "text/csv;charset=utf-8" });

const line = (cells, { separator }) => `${cells.join(separator)}\r\n`;

/** Return a cell that a spreadsheet shows as this text. */
function text(value) {
  const safe = asText(value ?? "");
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
