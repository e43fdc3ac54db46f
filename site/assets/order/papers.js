// The packing slip and the invoice of an order, for print only. Ctrl+P prints the invoice.
import { byId } from "../lib/dom.js";
import { fillInvoice, fillSlip } from "../lib/paper-content.js";

const root = document.documentElement;
const STALE_MS = 120_000; // twice the time between two checks of freshness.js

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

/**
 * Print one of the two papers: "invoice" or "packing-slip". If the order could not be `checked`, the paper says so. `onPrinted`
 * is called after the browser's print dialog.
 */
export function print(paper, { checked = true, onPrinted = () => {} } = {}) {
  unchecked = !checked;
  root.dataset.paper = paper;
  addEventListener("afterprint", onPrinted, { once: true });
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
  const isUnchecked = unchecked || Date.now() - readAt > STALE_MS;
  const read = { at: readAt, remark: isUnchecked ? UNCHECKED : "" };
  fillInvoice(byId("invoice"), order, read);
  fillSlip(byId("packing-slip"), order, read);
}
