// The packing slip and the invoice of an order, for print only. Ctrl+P prints the invoice.
import { byId, fill, stamp } from "../lib/dom.js";
import { count, customerName, isolated, money, orderNumber, orderTotal } from "../lib/format.js";
import { unitOf } from "../lib/units.js";
import { barcode } from "./barcode.js";

const LONG_FROM = 15; // lines; an order with more takes several pages, and each page names the customer
const root = document.documentElement;
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });
const STALE_MS = 120_000; // twice the time between two checks of freshness.js
const NOT_TO_PAY = { cancelled: "Cancelled order", rejected: "Rejected order" };

const UNCHECKED = "Not checked since then: somebody may have changed this order.";

let current = null; // the order that would be printed
let readAt; // the time at which it was the stored order
let unchecked = false; // whether a check for a newer version has failed

// The papers are written only for printing, because a search in the page would find their text too.
const printing = matchMedia("print");
printing.addEventListener("change", () => (printing.matches ? write() : clear()));
addEventListener("beforeprint", write);
addEventListener("afterprint", clear);

/** Set the order whose invoice is printed, as it is stored now. With null, the page is printed as it is. */
export function papersOf(order) {
  [current, readAt, unchecked] = [order, new Date(), false];
  if (order) root.dataset.paper = "invoice";
  else delete root.dataset.paper;
}

/** Print one of the two papers: "invoice" or "packing-slip". If the order could not be `checked`, the paper says so. */
export function print(paper, { checked = true } = {}) {
  unchecked = !checked;
  root.dataset.paper = paper;
  window.print();
}

function clear() {
  if (current) root.dataset.paper = "invoice";
  for (const rows of document.querySelectorAll(".paper [data-slot]")) rows.replaceChildren();
}

function write() {
  if (current) writePapers(current);
}

function writePapers(order) {
  const shared = sharedBy(order);
  const whose = `order ${shared.number}, ${isolated(customerName(order.customer))}`;
  fill(byId("invoice"), { ...shared, ...invoice(order, whose) });
  fill(byId("packing-slip"), { ...shared, ...packingSlip(order, whose) });
  for (const paper of ["invoice", "packing-slip"])
    byId(paper).toggleAttribute("data-long", order.items.length > LONG_FROM);
}

/** Return the slots that both papers have. */
function sharedBy(order) {
  const { customer } = order;
  return {
    number: orderNumber(order),
    orderID: order.orderID,
    "as-of": `${moment.format(readAt)}, version ${order.version}`,
    unchecked: unchecked || Date.now() - readAt > STALE_MS ? UNCHECKED : "",
    date: day.format(new Date(order.createdAt)),
    "customer-name": customer.name,
    "customer-company": customer.company,
    "customer-address": customer.address,
    "customer-phone": customer.phone,
  };
}

function invoice(order, whose) {
  const { customer, currency, items, status } = order;
  const title = NOT_TO_PAY[status] ?? "Invoice";
  return {
    title,
    running: `${title}, ${whose}`,
    "customer-email": customer.email,
    "invoice-lines": items.map((item) => invoiceLine(item, currency)),
    total: orderTotal(order),
    remark:
      status in NOT_TO_PAY
        ? `This order is ${status}: nothing is to be sent or paid.`
        : `All amounts in ${currency}.`,
  };
}

function packingSlip({ number, notes, items }, whose) {
  return {
    barcode: barcode(number),
    running: `Packing slip, ${whose}`,
    notes,
    "slip-lines": items.map((item) => slipLine(item)),
    counted: `${count(items.length, "line")}, ${count(pieces(items), "unit")} in all`,
  };
}

const pieces = (items) => items.reduce((sum, { quantity }) => sum + quantity, 0);

const slipLine = ({ sku, name, quantity, unit }) =>
  stamp("slip-line", { sku, name, quantity: String(quantity), unit: unitOf({ sku, unit }) });

function invoiceLine({ sku, name, quantity, unit, unitPrice, lineTotal }, currency) {
  const price = (amount) => (amount === undefined ? "–" : money(amount, currency));
  return stamp("invoice-line", {
    sku,
    name: name ?? "Unknown product",
    quantity: String(quantity),
    unit: unitOf({ sku, unit }),
    price: price(unitPrice),
    amount: price(lineTotal),
  });
}
