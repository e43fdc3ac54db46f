// Papers of many orders as one document: packing slips, invoices, or one pick list.
import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";
import { query } from "./address.js";
import { preparePapers, printPapers } from "./print-papers.js";
import { MAX_ORDERS, readAll } from "./read-all.js";
import { selectedOrders } from "./rows.js";
import { isSale } from "./sale.js";
import { recordSlips, withoutTwice } from "./slips.js";

const PAGE_SIZE = 100; // orders in one call

const dialog = byId("print-dialog");
const bar = byId("print-progress");
let job;

/** Ask which papers of the selected orders to print, and print them. */
export const printSelected = () => offer(selectedOrders());

/** Ask which papers of all orders that the list finds to print, and print them. */
export async function printFound(list) {
  open([], "Print orders");
  const from = query(); // Back in the browser may change the address meanwhile
  await attempt(() => findAll(list, from));
}

/** Ask which papers of these orders to print, and print them. */
export function offer(orders) {
  open(orders, `Print ${count(orders.length, "order")}`);
  choose();
}

function open(orders, title) {
  job = { orders, cursor: null, read: new Map(), leave: new AbortController() };
  byId("print-title").textContent = title;
  byId("print-text").textContent = "";
  for (const id of ["print-choices", "print-twice", "print-retry"]) byId(id).hidden = true;
  bar.hidden = true;
  dialog.showModal();
}

/** Read the rows of the list. After an error, the next try goes on where this one ended. */
async function findAll(list, from) {
  const { leave, orders } = job;
  do {
    showProgress(`${count(orders.length, "order")} found so far.`);
    const part = { limit: PAGE_SIZE, from, changes: { cursor: job.cursor }, signal: leave.signal };
    const found = await list.read(part);
    orders.push(...found.orders);
    job.cursor = found.nextCursor;
  } while (job.cursor && orders.length < MAX_ORDERS);
  byId("print-title").textContent = `Print ${count(orders.length, "order")}`;
  choose();
}

/** Show the choice of papers. Cancelled and rejected orders have nothing to pick or to pack. */
function choose() {
  bar.hidden = true;
  if (job.cursor || job.orders.length > MAX_ORDERS) {
    byId("print-title").textContent = "Too many orders";
    byId("print-text").textContent =
      `A print has no more than ${MAX_ORDERS} orders. Choose a status, a day or a customer, or select fewer.`;
    return;
  }
  const left = job.orders.filter((order) => !isSale(order)).length;
  byId("print-text").textContent = left
    ? `${count(left, "order")} cancelled or rejected: left out of packing slips and pick list.`
    : "";
  const choices = byId("print-choices");
  choices.hidden = false;
  for (const button of choices.children) {
    button.disabled = !papersFor(button.dataset.paper).length;
    button.onclick = () => attempt(() => print(button.dataset.paper));
  }
  const [usual, any] = [".primary:enabled", ":enabled"].map((one) => choices.querySelector(one));
  (usual ?? any)?.focus();
}

const papersFor = (paper) => (paper === "invoices" ? job.orders : job.orders.filter(isSale));

async function print(paper) {
  byId("print-choices").hidden = true;
  const wanted = papersFor(paper);
  const onRead = () =>
    byId("print-retry").hidden && // otherwise the dialog says what failed
    showProgress(`${job.read.size} of ${wanted.length} read.`, job.read.size, wanted.length);
  onRead();
  await Promise.all([preparePapers(), readAll(wanted, { ...job, onRead })]);
  const found = wanted.map(({ orderID }) => job.read.get(orderID)).filter(Boolean);
  const orders = paper === "invoices" ? found : found.filter(isSale); // somebody may have cancelled one meanwhile
  if (paper === "packing-slips") withoutTwice(orders, (chosen) => printPapers(paper, chosen, recordSlips));
  else printPapers(paper, orders);
}

function showProgress(text, value, max) {
  byId("print-text").textContent = text;
  bar.hidden = false;
  if (!max) return bar.removeAttribute("value");
  bar.max = max;
  bar.value = value;
}

/** Do what needs the API. After an error, the person can try again, and nothing was printed. */
async function attempt(act) {
  byId("print-retry").hidden = true;
  try {
    await act();
  } catch (error) {
    if (job.leave.signal.aborted || sessionEnded(error)) return;
    byId("print-text").textContent = `${error.message} Nothing was printed.`;
    byId("print-retry").hidden = false;
    byId("print-retry").onclick = () => attempt(act);
    byId("print-retry").focus();
  }
}

byId("print-cancel").onclick = () => dialog.close();
dialog.addEventListener("close", () => job.leave.abort());
