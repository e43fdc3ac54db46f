// @ts-check
// The content of the papers of an order: its invoice and its packing slip.
import { fill, stamp } from "./dom.js";
import { chargeRows, goodsWithoutSku } from "./charges.js";
import { count, customerName, isolated, money, orderNumber, orderTotal, whole } from "./format.js";
import { dateFormat } from "./once.js";
import { inAll, unitOf } from "./units.js";
import { barcode } from "./barcode.js";

const LONG_FROM = 15; // lines; an order with more takes several pages, and each page names the customer
/** @type {Record<string, string>} */
const NOT_TO_PAY = { cancelled: "Cancelled order", rejected: "Rejected order" };
const day = dateFormat({ dateStyle: "long" });
const moment = dateFormat({ dateStyle: "long", timeStyle: "short" });

/** @typedef {any} Order an order as the API returns it */
/** @typedef {{at: Date, remark: string}} Read when the order was read, and a remark about that */
/** @typedef {(paper: HTMLElement, order: Order, read: Read) => HTMLElement} Writer */

/** @type {Writer} Write the invoice of an order. */
export const fillInvoice = (paper, order, read) => fillPaper(paper, order, read, invoice);

/** @type {Writer} Write the packing slip of an order. */
export const fillSlip = (paper, order, read) => fillPaper(paper, order, read, packingSlip);

/** @type {(paper: HTMLElement, order: Order, read: Read, own: (order: Order, whose: string) => object) => HTMLElement} */
function fillPaper(paper, order, read, own) {
  const shared = sharedBy(order, read);
  const whose = `order ${shared.number}, ${isolated(customerName(order.customer))}`;
  fill(paper, { ...shared, ...own(order, whose) });
  paper.toggleAttribute("data-long", order.items.length + (order.charges ?? []).length > LONG_FROM);
  return paper;
}

/** @type {(order: Order, read: Read) => Record<string, any>} Return the slots that both papers have. */
function sharedBy(order, read) {
  const { customer } = order;
  return {
    number: orderNumber(order),
    "as-of": `${moment().format(read.at)}, version ${order.version}`,
    unchecked: read.remark,
    date: day().format(new Date(order.createdAt)),
    reference: order.reference,
    "customer-name": customer.name,
    "customer-company": customer.company,
    "customer-address": customer.address,
    "customer-phone": customer.phone,
  };
}

/** @type {(order: Order, whose: string) => object} */
function invoice(order, whose) {
  const { customer, currency, status } = order;
  const title = NOT_TO_PAY[status] ?? "Invoice";
  return {
    title,
    running: `${title}, ${whose}`,
    "customer-email": customer.email,
    "invoice-lines": bySku(order.items).map((/** @type {any} */ item) => invoiceLine(item, currency)),
    "invoice-charges": chargeRows(order).map((row) => stamp("invoice-charge", row)),
    total: orderTotal(order),
    remark:
      status in NOT_TO_PAY
        ? `This order is ${status}: nothing is to be sent or paid.`
        : `All amounts in ${currency}.`,
  };
}

/** @type {(order: Order, whose: string) => object} */
function packingSlip(order, whose) {
  const { number, notes, items, assignee, tags = [], collection } = order;
  const goods = goodsWithoutSku(order);
  return {
    barcode: barcode(number),
    handover: collection ? "To be collected by" : "Deliver to",
    running: `Packing slip, ${whose}`,
    notes,
    assignee,
    tags: tags.join(", "),
    "slip-lines": [...bySku(items).map(slipLine), ...goods.map(goodsLine)],
    counted: `${count(items.length, "line")}, ${inAll(items)}${besides(goods)}`,
  };
}

/** @type {(items: any[]) => any[]} Return lines in the sequence of the shelves, which is that of a pick list. */
const bySku = (items) => items.toSorted((a, b) => (a.sku < b.sku ? -1 : Number(a.sku > b.sku)));

/** @type {(item: any) => HTMLElement} */
const slipLine = ({ sku, name, quantity, unit }) =>
  stamp("slip-line", { sku, name, quantity: whole(quantity), unit: unitOf({ sku, unit }) });

/** @type {(charge: import("./charges.js").Charge) => HTMLElement} Return a line of goods without a SKU, to tick off. */
const goodsLine = ({ text }) => stamp("slip-line", { sku: "", name: text, quantity: "", unit: "" });

/** @type {(goods: unknown[]) => string} Return what is packed besides lines with a SKU, for the end of a count. */
export const besides = (goods) => (goods.length ? `, and ${goods.length} without SKU` : "");

/** @type {(item: any, currency: string) => HTMLElement} */
function invoiceLine({ sku, name, quantity, unit, unitPrice, lineTotal }, currency) {
  const price = (/** @type {number | undefined} */ amount) =>
    amount === undefined ? "–" : money(amount, currency);
  return stamp("invoice-line", {
    sku,
    name: name ?? "Unknown product",
    quantity: whole(quantity),
    unit: unitOf({ sku, unit }),
    price: price(unitPrice),
    amount: price(lineTotal),
  });
}
