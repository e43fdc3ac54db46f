// Many dead letters are sent again or discarded: a dialog asks and shows the progress, and the page keeps the results.
import { announce, byId, isShown, show } from "../lib/dom.js";
import { fewAtATime } from "../lib/few-at-a-time.js";
import { clearFields, markErrors } from "../lib/field-errors.js";
import { keepOpen } from "../lib/kept-open.js";
import { lines } from "../lib/text.js";
import { sessionEnded } from "../shell/shell.js";
import { chosen, showSelection } from "./rows.js";
import { isLeft, jobsOf, KINDS, settle } from "./settle-jobs.js";
import { lookAfter } from "./settle-looks.js";
import { keptResults, showEnd, showJob, showResults, showSums, wireClosing } from "./settle-results.js";

const dialog = byId("settle-dialog");
const form = byId("settle-form");
const note = byId("settle-note");

let task; // {kind, note, jobs}
let reload;
let waiting = []; // the jobs that nobody has taken

/** Show the results that the person has not closed yet. `onEnd()` shows the list anew. */
export function showKept(who, onEnd) {
  reload = onEnd;
  const kept = keptResults(who);
  if (!kept) return;
  task = kept;
  showEnd(task, run);
}

/** Ask about these letters, and settle them. `kind` is "send" or "discard". */
export function settleMany(kind, letters) {
  const { title, text, label, button, tone, needsNote } = KINDS[kind];
  byId("settle-title").textContent = title(letters.length);
  byId("settle-text").textContent = text;
  byId("settle-label").textContent = label;
  byId("settle-start").textContent = button;
  byId("settle-start").className = `button ${tone}`;
  note.value = "";
  clearFields(form);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (needsNote && !lines(note.value)) return refuse();
    task = { kind, note: note.value, jobs: jobsOf(kind, letters) };
    return run(task.jobs.filter(({ outcome }) => outcome === "waiting"));
  };
  show(dialog, "asking");
  dialog.showModal();
}

function refuse() {
  markErrors(form, [{ path: "note", message: "is required: it stays in the history" }]);
  note.focus();
}

/** Run these jobs of the task, in the order of their letters. */
async function run(open) {
  const { kind, jobs } = task;
  waiting = [...open];
  for (const job of open) Object.assign(job, { outcome: "waiting", text: "Waiting" });
  byId("settle-title").textContent = `${KINDS[kind].doing} …`;
  byId("settle-retry").hidden = byId("settled-hint").hidden = true;
  showResults(kind, jobs);
  show(dialog, "running");
  if (!dialog.open) dialog.showModal();
  keepOpen(dialog, true);
  byId("settle-summary").focus();
  await fewAtATime(waiting, async (job) => {
    await work(job);
    showSums(kind, jobs);
    byId("settle-progress").max = open.length;
    byId("settle-progress").value = open.filter(
      ({ outcome }) => !["waiting", "moving"].includes(outcome),
    ).length;
  });
  for (const job of open)
    if (job.outcome === "waiting") showJob(job, { outcome: "stopped", text: "Stopped before its turn" });
  keepOpen(dialog, false);
  finish();
}

async function work(job) {
  showJob(job, { outcome: "moving", text: `${KINDS[task.kind].doing} …` });
  const { error, ...result } = await settle(task.kind, job, task.note);
  showJob(job, result);
  if (error && sessionEnded(error)) waiting.splice(0); // it has ended for the other letters too
}

/** Show the end on the page. Letters that were not settled stay selected. */
function finish() {
  const { kind, jobs } = task;
  for (const job of jobs) if (!isLeft(job)) chosen.delete(job.letter.id);
  showEnd(task, run);
  dialog.close();
  byId("settled-title").focus();
  announce(byId("settled-summary").textContent);
  showSelection();
  reload();
  if (kind === "send") look(task);
}

/** Look up what became of the letters that were sent, unless others are settled or the results are closed meanwhile. */
async function look(looked) {
  const orders = looked.jobs.filter(({ letter }) => letter.source === "orders");
  const isOver = () => looked !== task || dialog.open;
  let isBack = false;
  const onFound = (job, result) => {
    showJob(job, result);
    showEnd(looked, run);
    isBack ||= result.outcome === "returned";
  };
  await lookAfter(orders, onFound, isOver);
  if (isBack && !isOver()) reload();
}

wireClosing(() => (task = undefined));
dialog.onclose = () => isShown(byId("bulk-bar")) || isShown(byId("settled")) || byId("main").focus();
byId("settle-stop").onclick = () => waiting.splice(0);
for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
