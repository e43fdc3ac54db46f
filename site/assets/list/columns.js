// The columns of exported files, with one row for each order or one for each line.
import { chargeName } from "../lib/charges.js";
import { orderNumber } from "../lib/format.js";
import { unitOf } from "../lib/units.js";
import { isSale } from "./sale.js";

// The kinds of cells. Each form of a file writes them in its own way.
const text = (value) => ({ kind: "text", value: value ?? "" });
const number = (value) => ({ kind: "number", value });
const time = (value) => ({ kind: "time", value });
const amount = (value, { currency }) => ({ kind: "amount", value: value ?? 0, currency });

/** Return the number of an order without its sign #, as files name it. */
export const bareNumber = (order) => orderNumber(order).replace("#", "");

const ORDER = {
  "Order number": (order) => (order.number ? number(order.number) : text(bareNumber(order))),
  "Order ID": (order) => text(order.orderID),
  Taken: (order) => time(order.createdAt),
  Status: (order) => text(order.status),
  Customer: (order) => text(order.customer.name),
  "E-mail": (order) => text(order.customer.email),
  Company: (order) => text(order.customer.company),
};
const WHOLE = {
  Phone: (order) => text(order.customer.phone),
  Address: (order) => text(order.customer.address),
  Lines: (order) => number(order.lineCount),
  Charges: (order) => amount(order.chargeTotal, order), // a part of the total
  Total: (order) => amount(order.total, order),
  Revenue: (order) => amount(isSale(order) ? order.total : 0, order),
};
const LINE = {
  SKU: (_order, line) => text(line.sku),
  Product: (_order, line) => text(line.name),
  Unit: (_order, line) => text(unitOf(line)),
  Quantity: (_order, line) => number(line.quantity),
  "Unit price": (order, line) => amount(line.unitPrice, order),
  "Line total": (order, line) => amount(line.lineTotal, order),
  Revenue: (order, line) => amount(isSale(order) ? line.lineTotal : 0, order),
};
const LAST = {
  Currency: (order) => text(order.currency),
  "Taken by": (order) => text(order.submittedBy),
  "Assigned to": (order) => text(order.assignee),
  Tags: (order) => text(order.tags?.join(", ")),
};
const COLUMNS = { orders: { ...ORDER, ...WHOLE, ...LAST }, lines: { ...ORDER, ...LINE, ...LAST } };

/** Return the names of the columns of a file of "orders" or of "lines". */
export const namesOf = (content) => Object.keys(COLUMNS[content]);

/** Return the rows of an order, each as a list of cells. Rows of lines need an order with its lines. */
export function rowsOf(content, order) {
  const cells = Object.values(COLUMNS[content]);
  return (content === "lines" ? linesOf(order) : [null]).map((line) =>
    cells.map((cell) => cell(order, line)),
  );
}

/** Return the lines of an order, then its charges as lines without a SKU. */
const linesOf = ({ items, charges = [] }) => [
  ...items,
  ...charges.map((charge) => ({
    sku: "",
    name: chargeName(charge),
    quantity: 1,
    unitPrice: charge.amount,
    lineTotal: charge.amount,
  })),
];
