// The document with the papers of many orders. It is on the page only while it is printed.
import { announce, byId, fill, stamp } from "../lib/dom.js";
import { count, isolated, orderNumber, whole } from "../lib/format.js";
import { dateFormat } from "../lib/once.js";
import { inAll } from "../lib/units.js";
import { besides, fillInvoice, fillSlip } from "../lib/paper-content.js";
import { pickGoods, pickLines } from "./pick-list.js";

const moment = dateFormat({ dateStyle: "long", timeStyle: "short" });
const root = document.documentElement;
let style; // a promise of the style sheet, which the page loads only for this
let logo; // kept, so that the papers show it as soon as they are on the page

/** Load the style sheet of the papers and the shop's logo, if it has one. */
export const preparePapers = () => Promise.all([loadStyle(), loadLogo()]);

async function loadLogo() {
  const shown = byId("pick-list-paper").content.querySelector("img");
  if (!shown || logo) return;
  logo = new Image();
  logo.src = shown.getAttribute("src");
  await logo.decode().catch(() => (logo = undefined)); // papers without a logo are better than none
}

function loadStyle() {
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

/**
 * Print the "invoices", the "packing-slips" or the "pick-list" of orders that were just read, in place of the dialog.
 * `onPrinted` is called with them after the browser's print dialog.
 */
export function printPapers(paper, orders, onPrinted = () => {}) {
  const read = { at: new Date(), remark: "" };
  const papers =
    paper === "pick-list"
      ? [pickList(orders, read)]
      : orders.map((order) => WRITERS[paper](stamp(`${paper}-paper`), order, read));
  byId("papers").replaceChildren(...papers);
  root.dataset.paper = paper;
  byId("print-dialog").close();
  const what = paper === "pick-list" ? "Pick list" : count(orders.length, NAMES[paper]);
  announce(`${what} sent to the printer dialog.`);
  const end = () => {
    clear();
    onPrinted(orders);
  };
  addEventListener("afterprint", end, { once: true });
  window.print();
}

const NAMES = { invoices: "invoice", "packing-slips": "packing slip" };
const WRITERS = { invoices: fillInvoice, "packing-slips": fillSlip };

function clear() {
  byId("papers").replaceChildren();
  delete root.dataset.paper;
}

/** Return the number of an order, with its assignee if it has one. */
const named = (order) => orderNumber(order) + (order.assignee ? ` (${isolated(order.assignee)})` : "");

function pickList(orders, { at }) {
  const lines = pickLines(orders);
  const goods = pickGoods(orders);
  return fill(stamp("pick-list-paper"), {
    orders: `${orders.length}: ${orders.map(named).join(", ")}`,
    "as-of": moment().format(at),
    picks: [
      ...lines.map((line) => stamp("pick-line", { ...line, quantity: whole(line.quantity) })),
      ...goods.map((one) => stamp("pick-line", { ...one, sku: "", quantity: "", unit: "" })),
    ],
    counted: `${count(lines.length, "product")}, ${inAll(lines)}${besides(goods)}, for ${count(orders.length, "order")}`,
  });
}
