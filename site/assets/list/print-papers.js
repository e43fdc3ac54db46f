// The document with the papers of many orders. It is on the page only while it is printed.
import { byId, fill, stamp } from "../lib/dom.js";
import { count, orderNumber } from "../lib/format.js";
import { fillInvoice, fillSlip } from "../lib/paper-content.js";
import { pickLines } from "./pick-list.js";

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });
const root = document.documentElement;
let style; // a promise of the style sheet, which the page loads only for this

/** Load the style sheet of the papers. */
export function preparePapers() {
  style ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.media = "print";
    link.href = document
      .querySelector('link[href$="/site.css"]')
      .href.replace(/site\.css$/, "css/pages/papers.css");
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      style = undefined;
      reject(new Error("The layout of the papers could not be loaded."));
    };
    document.head.append(link);
  });
  return style;
}

/** Print the "invoices", the "packing-slips" or the "pick-list" of orders that were just read. */
export function printPapers(paper, orders) {
  const read = { at: new Date(), remark: "" };
  const papers =
    paper === "pick-list"
      ? [pickList(orders, read)]
      : orders.map((order) => WRITERS[paper](stamp(`${paper}-paper`), order, read));
  byId("papers").replaceChildren(...papers);
  root.dataset.paper = paper;
  addEventListener("afterprint", clear, { once: true });
  window.print();
}

const WRITERS = { invoices: fillInvoice, "packing-slips": fillSlip };

function clear() {
  byId("papers").replaceChildren();
  delete root.dataset.paper;
}

function pickList(orders, { at }) {
  const lines = pickLines(orders);
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return fill(stamp("pick-list-paper"), {
    orders: `${orders.length}: ${orders.map(orderNumber).join(", ")}`,
    "as-of": moment.format(at),
    picks: lines.map((line) => stamp("pick-line", { ...line, quantity: String(line.quantity) })),
    counted: `${count(lines.length, "product")}, ${count(pieces, "unit")} in all, for ${count(orders.length, "order")}`,
  });
}
