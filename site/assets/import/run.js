// The check of all rows of a file, and then their import: progress, Stop, and what became of each row.
import { announce, byId, isShown } from "../lib/dom.js";
import { count, whole } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";
import { showActions } from "./actions.js";
import { isPartial, productRows } from "./items.js";
import { forgetLeft, keepLeft } from "./left.js";
import { showRows } from "./results.js";
import { send } from "./send.js";
import { countsOf, sumsInWords } from "./verdicts.js";

const currency = document.querySelector('meta[name="order-desk:currency"]').content;
const HIDDEN = ["result", "write", "retry", "download", "large-note"]; // while work runs
const LOCKED = "#choose [data-again], #column-choices select"; // while rows are written

let job = null; // of the file that was checked last

/** Return whether rows are being written. */
export const isImporting = () => Boolean(job?.isWriting && isShown(byId("running")));

/** Forget the rows of a file. Calls that are under way are not waited for. */
export function hideRows() {
  job?.queue.splice(0);
  job = null;
  showRunning(false, false);
  byId("rows").hidden = true;
}

/** Check all rows of a file. `left` is what is kept for a person who comes back: {name, text, places}. */
export async function checkRows({ head, rows, places, who, left }) {
  hideRows();
  const form = { places, currency, partial: isPartial(places) };
  const made = productRows(rows, { places, header: head.header, currency });
  job = { rows: made, form, head, who, left, queue: [], isWriting: false, hasStopped: false };
  byId("rows").hidden = false;
  const waiting = made.filter(({ outcome }) => outcome === "waiting");
  await work(job, waiting);
}

/** Send rows to be judged or to be written. Show the progress, and then the result. */
async function work(own, rows) {
  own.hasStopped = false;
  let done = 0;
  const onDone = (part) => {
    done += part.length;
    if (own === job) showProgress(own, done, rows.length);
  };
  showRunning(true, own.isWriting);
  showProgress(own, 0, rows.length);
  const ended = await send(rows, { isWritten: own.isWriting, form: own.form, queue: own.queue, onDone });
  for (const row of rows)
    if (isOpen(row, own)) Object.assign(row, { outcome: "failed", why: reason(own, ended) });
  if (own === job) finish(own, ended);
}

const isOpen = ({ outcome, isWritten }, { isWriting }) =>
  outcome === "waiting" || (isWriting && !isWritten && outcome !== "failed");

const reason = ({ hasStopped }, ended) =>
  hasStopped ? "stopped before its turn" : (ended?.message ?? "not sent");

function showProgress({ isWriting }, done, all) {
  byId("summary").textContent =
    `${isWriting ? "Imported" : "Checked"} ${whole(done)} of ${count(all, "row")}`;
  Object.assign(byId("progress"), { max: all || 1, value: done });
}

/** Show what runs. While rows are written, the browser asks before the page is left. */
function showRunning(isRunning, areWritten) {
  const isLocked = isRunning && areWritten;
  byId("running").hidden = !isRunning;
  byId("resume-hint").hidden = !isLocked;
  byId("check").disabled = isRunning;
  for (const id of HIDDEN) byId(id).hidden ||= isRunning;
  for (const control of document.querySelectorAll(LOCKED)) control.disabled = isLocked;
  (isLocked ? addEventListener : removeEventListener)("beforeunload", askBefore);
}

const askBefore = (event) => event.preventDefault();

function finish(own, ended) {
  const counts = countsOf(own.rows);
  showRunning(false, false);
  byId("summary").textContent = sumsInWords(own, counts);
  showRows(own.rows, { currency, isWriting: own.isWriting });
  showActions(own, { write: (rows) => write(own, rows), retry: (rows) => work(own, rows) });
  if (counts.has("failed") && (own.isWriting || ended)) keepLeft(own.who, own.left);
  else if (own.isWriting) forgetLeft(own.who);
  announce(byId("summary").textContent);
  byId("summary").focus();
  if (ended) sessionEnded(ended);
}

async function write(own, rows) {
  own.isWriting = true;
  keepLeft(own.who, own.left);
  await work(own, rows);
}

byId("stop").onclick = () => {
  job.hasStopped = true;
  job.queue.splice(0);
};
// Rows that were not reached are sent again as soon as there is a connection, unless a person has stopped the work.
addEventListener("connected", () => {
  if (job && !job.hasStopped && isShown(byId("retry"))) byId("retry").click();
});
