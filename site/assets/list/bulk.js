// The move of all selected orders to their next statuses, with a result for each order.
import { byId, show } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { count } from "../lib/format.js";
import { Pause } from "../lib/pause.js";
import { hideToast } from "../lib/toast.js";
import { nextStep } from "../order/status.js";
import { sessionEnded } from "../shell/shell.js";
import { firstOrder, offerMoved, showJobs, showOutcome, showPlan, showProgress } from "./bulk-results.js";
import { moveOrder, tried, undoing } from "./move.js";
import { focus, rows } from "./rows.js";
import { selectOnly } from "./selection.js";

const CONCURRENCY = 4; // calls at the same time, far below the API's limit
const dialog = byId("bulk-dialog");
const pause = new Pause(byId("bulk-actions"));
let list;
let running = false;
let stopped = false;

/** Show what a move would do to these orders, and move them after the person has confirmed it. */
export function moveMany(shown, orders) {
  list = shown;
  hideToast(byId("list-note")); // its Undo is for an earlier version of the order
  const jobs = orders.map((order) => ({ order }));
  const able = jobs.filter(({ order }) => nextStep[order.status]);
  byId("bulk-title").textContent = `Move ${count(orders.length, "order")} to the next status`;
  showPlan(orders);
  byId("bulk-start").textContent = `Move ${count(able.length, "order")}`;
  byId("bulk-start").hidden = !able.length;
  byId("bulk-start").onclick = () => begin(jobs);
  show(dialog, "asking");
  dialog.showModal();
  byId("bulk-start").focus();
}

function begin(jobs) {
  showJobs(jobs);
  show(dialog, "running");
  return run(jobs);
}

async function run(jobs) {
  const waiting = jobs.filter(({ outcome }) => ["waiting", "failed", "stopped"].includes(outcome));
  for (const job of waiting) showOutcome(job, "waiting", "Waiting");
  setRunning(true);
  showProgress(jobs, running);
  const worker = async () => {
    for (let job; !stopped && (job = waiting.shift()); showProgress(jobs, running)) await moveInLine(job);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  for (const job of waiting) showOutcome(job, "stopped", "Not moved: stopped before its turn");
  setRunning(false);
  finish(jobs);
}

async function moveInLine(job) {
  showOutcome(job, "moving", "Moving …");
  await moveOrder(job, list.who);
  showOutcome(job, job.outcome, job.text);
  if (job.ended) stopped = true; // the session has ended for the other orders too
}

function setRunning(now) {
  running = now;
  stopped = false;
  dialog.closedBy = now ? "none" : "closerequest";
  byId("bulk-stop").hidden = !now;
  byId("bulk-close").hidden = now;
  for (const id of ["bulk-retry", "bulk-again", "bulk-print", "bulk-undo"]) byId(id).hidden = true;
  if (now) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
}

const warn = (event) => event.preventDefault();

/** Show the end of a move. Orders that were not moved stay selected, can be tried again, and survive a new sign-in. */
function finish(jobs) {
  showProgress(jobs, running);
  const left = jobs.filter(({ outcome }) => outcome === "failed" || outcome === "stopped");
  const ended = jobs.find((job) => job.ended);
  selectOnly(left.map(({ order }) => order));
  const undos = jobs.map((job) => undoing(job, list.who)).filter(Boolean);
  offerMoved(jobs, undos, () => begin(undos));
  pause.begin();
  byId("bulk-retry").hidden = !left.length;
  byId("bulk-retry").textContent = `Try ${count(left.length, "order")} again`;
  byId("bulk-retry").onclick = () => run(jobs);
  (left.length ? byId("bulk-retry") : byId("bulk-close")).focus();
  if (ended)
    draft("bulk", list.who).save(left.map(({ order, back }) => ({ order, back, tried: tried.has(order) })));
  if (ended) sessionEnded(ended.ended);
}

/** Show, after a new sign-in, the orders that were not moved because the session had ended. */
export function resume(shown) {
  list = shown;
  const kept = draft("bulk", list.who);
  const jobs = kept.load();
  kept.clear();
  showJobs(jobs);
  for (const job of jobs) showOutcome(job, "failed", "Not moved: the session ended");
  for (const job of jobs) if (job.tried) tried.add(job.order);
  show(dialog, "running");
  setRunning(false);
  dialog.showModal();
  finish(jobs);
}

dialog.addEventListener("close", () => {
  if (running) return dialog.showModal(); // in a browser without closedBy, Escape closes the dialog of a running move
  // If no order is selected any more, the button that opened the dialog is hidden. The first order gets the focus instead.
  const row = rows.get(firstOrder());
  return row && byId("bulk-bar").hidden && !document.activeElement.closest("tr") && focus(row);
});
byId("bulk-stop").onclick = () => (stopped = true);
for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
