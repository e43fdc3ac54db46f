// A task for all selected orders, such as the move to their next statuses, with a result for each order.
import { byId, show } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { fewAtATime } from "../lib/few-at-a-time.js";
import { count } from "../lib/format.js";
import { Pause } from "../lib/pause.js";
import { hideToast } from "../lib/toast.js";
import { sessionEnded } from "../shell/shell.js";
import { dialog, running, setRunning } from "./bulk-dialog.js";
import { offerDone, putFailuresFirst, showJobs, showOutcome, showProgress } from "./bulk-results.js";
import { TASKS } from "./bulk-tasks.js";
import { tried, undoing } from "./move.js";
import { selectOnly } from "./selection.js";

const pause = new Pause(byId("bulk-actions"));
let list;
let task; // one of TASKS
let waiting = []; // the jobs that nobody has taken
let stopped = [];

/** Do a task with jobs `{order}`, which may have more that the task needs, and show the result of each in the dialog. */
export function runTask(shown, name, jobs) {
  open(shown, name);
  dialog.showModal();
  return begin(jobs);
}

/** Show the dialog with its question in place of results. `start` begins the task with the jobs. */
export function askFirst(shown, name, jobs) {
  open(shown, name);
  byId("bulk-start").onclick = () => begin(jobs);
  show(dialog, "asking");
  dialog.showModal();
  byId("bulk-start").focus();
}

function open(shown, name) {
  list = shown;
  task = { name, ...TASKS[name] };
  dialog.onclose = null; // it offers to undo an earlier task
  hideToast(byId("list-note")); // its Undo is for an earlier version of the order
}

function begin(jobs) {
  showJobs(jobs);
  show(dialog, "running");
  return run(jobs);
}

async function run(jobs) {
  waiting = jobs.filter(({ outcome }) => ["waiting", "failed", "stopped"].includes(outcome));
  for (const job of waiting) showOutcome(job, "waiting", "Waiting");
  stopped = [];
  setRunning(true);
  showProgress(jobs, running, task);
  await fewAtATime(waiting, async (job) => {
    await actInLine(job);
    showProgress(jobs, running, task);
  });
  for (const job of stopped)
    showOutcome(job, "stopped", `Not ${task.done.toLowerCase()}: stopped before its turn`);
  setRunning(false);
  finish(jobs);
}

async function actInLine(job) {
  showOutcome(job, "moving", `${task.doing} …`);
  await task.act(job, list.who);
  showOutcome(job, job.outcome, job.text);
  if (job.ended) stop(); // the session has ended for the other orders too
}

const stop = () => stopped.push(...waiting.splice(0));

/** Show the end of a task. Orders that were not changed stay selected, can be tried again, and survive a new sign-in. */
function finish(jobs) {
  showProgress(jobs, running, task);
  putFailuresFirst(jobs);
  const left = jobs.filter(({ outcome }) => outcome === "failed" || outcome === "stopped");
  const ended = jobs.find((job) => job.ended);
  selectOnly(left.map(({ order }) => order));
  const undos = jobs.map((job) => undoing(job, list.who)).filter(Boolean);
  offerDone(jobs, undos, () => begin(undos));
  pause.begin();
  byId("bulk-retry").hidden = !left.length;
  byId("bulk-retry").textContent = `Try ${count(left.length, "order")} again`;
  byId("bulk-retry").onclick = () => run(jobs);
  (left.length ? byId("bulk-retry") : byId("bulk-close")).focus();
  if (ended) keep(left);
  if (ended) sessionEnded(ended.ended);
}

const keep = (jobs) =>
  draft("bulk", list.who).save({
    name: task.name,
    jobs: jobs.map(({ order, back, reason, change }) => ({
      order,
      back,
      reason,
      change,
      tried: tried.has(order),
    })),
  });

/** Show, after a new sign-in, the orders that were not changed because the session had ended. */
export function resume(shown) {
  const kept = draft("bulk", shown.who);
  const { name, jobs } = kept.load();
  kept.clear();
  open(shown, name);
  showJobs(jobs);
  for (const job of jobs) showOutcome(job, "failed", `Not ${task.done.toLowerCase()}: the session ended`);
  for (const job of jobs) if (job.tried) tried.add(job.order);
  show(dialog, "running");
  setRunning(false);
  dialog.showModal();
  finish(jobs);
}

byId("bulk-stop").onclick = stop;
