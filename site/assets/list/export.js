// The export as a file: of all orders of the list, page after page, or of the selected ones.
import { dateOf, isMinute } from "../lib/days.js";
import { announce, byId } from "../lib/dom.js";
import { download } from "../lib/download.js";
import { count } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";
import { datesOf, query } from "./address.js";
import { bareNumber } from "./columns.js";
import { exportFormat } from "./export-format.js";
import { knownTotal } from "./head.js";
import { readAll } from "./read-all.js";
import { selectedOrders } from "./rows.js";

const dialog = byId("export-dialog");
const bar = byId("export-progress");
const PAGE_SIZE = 100; // orders in one call

/** Read all pages of the list, which may take a while, and save them as one file. */
export async function exportView(list) {
  const from = query(); // Back in the browser may change the address meanwhile
  const status = from.get("status");
  const whole = [...from.keys()].every((name) => ["status", "sort", "cursor"].includes(name));
  const isFound = ["q", "label", "customer"].some((name) => from.has(name));
  const form = exportFormat(); // one for the whole file, even if another is chosen meanwhile
  const read = ({ cursor, leave }) =>
    list.read({ limit: PAGE_SIZE, from, changes: { cursor }, signal: leave.signal });
  const name = fileName([status, isFound && "found", period(from)], form);
  const total = whole ? knownTotal(status) : undefined;
  await begin({ name, form, read, total, of: total ? ` of about ${total}` : "" });
}

/** Save the selected orders. Their lines are read first if the file needs them. */
export async function exportSelected() {
  const orders = selectedOrders();
  const form = exportFormat();
  const what = orders.length === 1 ? bareNumber(orders[0]) : "selected";
  const name = fileName([what, dateOf(new Date())], form);
  const total = orders.length;
  if (form.needsLines)
    await begin({ name, form, read: () => ({ orders, nextCursor: null }), total, of: ` of ${total}` });
  else save({ orders: total, lines: orders.flatMap(form.linesOf), name, form });
}

async function begin(asked) {
  const job = { ...asked, orders: 0, lines: [], cursor: null, leave: new AbortController() };
  byId("export-cancel").onclick = () => dialog.close();
  byId("export-retry").onclick = () => run(job);
  dialog.addEventListener("close", () => job.leave.abort(), { once: true });
  dialog.showModal();
  await run(job);
}

async function run(job) {
  byId("export-retry").hidden = true;
  try {
    do await readOn(job);
    while (job.cursor);
    save(job);
    dialog.close();
  } catch (error) {
    if (!job.leave.signal.aborted && !sessionEnded(error)) explain(error, job);
  }
}

async function readOn(job) {
  showProgress(job);
  const { orders, nextCursor } = await job.read(job);
  const detailed = job.form.needsLines ? await withLines(orders, job) : orders;
  job.lines.push(...detailed.flatMap(job.form.linesOf));
  job.orders += orders.length;
  job.cursor = nextCursor;
}

/** Resolve to the orders with their lines. An order that was erased meanwhile is left out. */
async function withLines(orders, job) {
  const read = new Map();
  await readAll(orders, { read, leave: job.leave, onRead: () => showProgress(job, read.size) });
  return orders.map(({ orderID }) => read.get(orderID)).filter(Boolean);
}

/** Show how many orders were read, with those of the present call whose lines were read. An error stays on screen. */
function showProgress({ orders, total, of }, detailed = 0) {
  if (!byId("export-retry").hidden) return;
  const read = orders + detailed;
  byId("export-text").textContent = `${count(read, "order")} read${of}.`;
  if (!total) return bar.removeAttribute("value");
  bar.max = Math.max(total, read);
  bar.value = read;
}

/** Show the error. The button "Go on" continues after the last order that was read. */
function explain(error, { orders }) {
  byId("export-text").textContent =
    `${error.message} ${count(orders, "order")} read so far; no file was saved.`;
  byId("export-retry").hidden = false;
  byId("export-retry").focus();
}

function save({ orders, lines, name, form }) {
  download(form.whole(lines), name);
  announce(`${count(orders, "order")} exported.`);
}

const fileName = (parts, { extension }) => `${["orders", ...parts].filter(Boolean).join("-")}.${extension}`;

/** Return the days of the exported orders. Without a filter of time, they are those until today. */
function period(params) {
  const { from, to } = datesOf(params);
  const [first, last] = [from, to].map((text) => (isMinute(text) ? dateOf(new Date(text)) : text));
  if (first && last) return first === last ? first : `${first}-to-${last}`;
  return (first && `since-${first}`) || (last && `until-${last}`) || dateOf(new Date());
}
