// The export as CSV: of all orders of the list, page after page, or of the selected ones.
import { dateOf } from "../lib/days.js";
import { announce, byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";
import { bareNumber, file, orderLine } from "./csv.js";
import { query } from "./address.js";
import { exportFormat } from "./export-format.js";
import { knownTotal } from "./head.js";
import { selected } from "./rows.js";

const dialog = byId("export-dialog");
const bar = byId("export-progress");
const PAGE_SIZE = 100; // orders in one call

/** Read all pages of the list, which may take a while, and save them as one file. */
export async function exportView(list) {
  const from = query(); // Back in the browser may change the address meanwhile
  const status = from.get("status");
  const whole = [...from.keys()].every((name) => ["status", "sort", "cursor"].includes(name));
  const name = fileName(status ?? (whole ? "" : "found"));
  const format = exportFormat(); // one for the whole file, even if another is chosen meanwhile
  const job = { from, name, format, lines: [], cursor: null, leave: new AbortController() };
  if (whole) job.total = knownTotal(status);
  byId("export-cancel").onclick = () => dialog.close();
  byId("export-retry").onclick = () => readAll(list, job);
  dialog.addEventListener("close", () => job.leave.abort(), { once: true });
  dialog.showModal();
  await readAll(list, job);
}

async function readAll(list, job) {
  byId("export-retry").hidden = true;
  try {
    do await readOn(list, job);
    while (job.cursor);
    save(job);
    dialog.close();
  } catch (error) {
    if (!job.leave.signal.aborted && !sessionEnded(error)) explain(error, job);
  }
}

async function readOn(list, job) {
  showProgress(job);
  const part = { limit: PAGE_SIZE, from: job.from, changes: { cursor: job.cursor } };
  const { orders, nextCursor } = await list.read({ ...part, signal: job.leave.signal });
  job.lines.push(...orders.map((order) => orderLine(order, job.format)));
  job.cursor = nextCursor;
}

function showProgress({ lines, total }) {
  byId("export-text").textContent =
    `${count(lines.length, "order")} read${total ? ` of about ${total}` : ""}.`;
  if (!total) return bar.removeAttribute("value");
  bar.max = Math.max(total, lines.length);
  bar.value = lines.length;
}

/** Show the error. The button "Go on" continues after the last order that was read. */
function explain(error, { lines }) {
  byId("export-text").textContent =
    `${error.message} ${count(lines.length, "order")} read so far; no file was saved.`;
  byId("export-retry").hidden = false;
  byId("export-retry").focus();
}

/** Save the selected orders as they are on screen. */
export function exportSelected() {
  const orders = selected().map((row) => row.order);
  const name = fileName(orders.length === 1 ? bareNumber(orders[0]) : "selected");
  const format = exportFormat();
  save({ lines: orders.map((order) => orderLine(order, format)), name, format });
}

function save({ lines, name, format }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file(lines, format));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be reading it
  announce(`${count(lines.length, "order")} exported.`);
}

const fileName = (part) => `${["orders", part, dateOf(new Date())].filter(Boolean).join("-")}.csv`;
