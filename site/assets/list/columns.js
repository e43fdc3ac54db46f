// The columns of exported files, with one row for each order or one for each line, for the shop or for the customer.
import { chargeName } from "../lib/charges.js";
import { orderNumber } from "../lib/format.js";
import { unitOf } from "../lib/units.js";
import { channelName } from "../order/channel.js";
import { isSale } from "./sale.js";

// The kinds of cells. Each form of a file writes them in its own way.
const text = (value) => ({ kind: "text", value: value ?? "" });
const number = (value) => ({ kind: "number", value });
const time = (value) => ({ kind: "time", value });
const amount = (value, { currency }) => ({ kind: "amount", value: value ?? 0, currency });
/** Return an amount, or nothing where a line of a rejected order has no price. */
const price = (value, order) => (value === undefined ? text("") : amount(value, order));

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
  Channel: (order) => text(channelName(order.channel ?? "staff")),
  "Assigned to": (order) => text(order.assignee),
  Tags: (order) => text(order.tags?.join(", ")),
  Reference: (order) => text(order.reference),
};
// The lines of orders as their customer gets them, so without anybody of the shop.
const PERSON = {
  "Order number": ORDER["Order number"],
  "Placed at": ORDER.Taken,
  Status: ORDER.Status,
  Product: (_order, line) => text(line.name ?? line.sku),
  Quantity: LINE.Quantity,
  "Unit price": (order, line) => price(line.unitPrice, order),
  "Line total": (order, line) => price(line.lineTotal, order),
  "Order total": WHOLE.Total,
  Currency: LAST.Currency,
  "Delivery name": ORDER.Customer,
  Company: ORDER.Company,
  "Delivery address": WHOLE.Address,
  Phone: WHOLE.Phone,
  Notes: (order) => text(order.notes),
  Reference: LAST.Reference,
};
const COLUMNS = {
  orders: { ...ORDER, ...WHOLE, ...LAST },
  lines: { ...ORDER, ...LINE, ...LAST },
  person: PERSON,
};

/** Return the names of the columns of a file of "orders", of "lines", or of the lines for a "person". */
export const namesOf = (content) => Object.keys(COLUMNS[content]);

/** Return the rows of an order, each as a list of cells. Rows but those of "orders" need an order with its lines. */
export function rowsOf(content, order) {
  const cells = Object.values(COLUMNS[content]);
  return (content === "orders" ? [null] : linesOf(order)).map((line) =>
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
