// Many dead letters are sent again or discarded in a dialog: the question, the progress, and a result for each letter.
import { announce, byId, fill, isShown, show, stamp } from "../lib/dom.js";
import { fewAtATime } from "../lib/few-at-a-time.js";
import { clearFields, markErrors } from "../lib/field-errors.js";
import { count } from "../lib/format.js";
import { keepOpen } from "../lib/kept-open.js";
import { deadLetterPage } from "../lib/links.js";
import { lines } from "../lib/text.js";
import { sessionEnded } from "../shell/shell.js";
import { chosen, showSelection } from "./rows.js";
import { isLeft, isRetried, jobsOf, KINDS, settle, sorted, sumsOf } from "./settle-jobs.js";
import { kindOf, nameOf } from "./words.js";

const dialog = byId("settle-dialog");
const form = byId("settle-form");
const note = byId("settle-note");

let kind;
let reload;
let waiting = []; // the jobs that nobody has taken

/** Ask about these letters, and settle them. `kindOfWork` is "send" or "discard", and `onEnd()` shows the list anew. */
export function settleMany(kindOfWork, letters, onEnd) {
  [kind, reload] = [kindOfWork, onEnd];
  const { title, text, label, button, tone } = KINDS[kind];
  const jobs = jobsOf(kind, letters);
  byId("settle-title").textContent = title(letters.length);
  byId("settle-text").textContent = text;
  byId("settle-label").textContent = label;
  byId("settle-start").textContent = button;
  byId("settle-start").className = `button ${tone}`;
  note.value = "";
  clearFields(form);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (KINDS[kind].needsNote && !lines(note.value)) return refuse();
    return run(
      jobs,
      jobs.filter(({ outcome }) => outcome === "waiting"),
    );
  };
  show(dialog, "asking");
  dialog.showModal();
}

function refuse() {
  markErrors(form, [{ path: "note", message: "is required: it stays in the history" }]);
  note.focus();
}

async function run(jobs, open) {
  keepOpen(dialog, true);
  waiting = [...open];
  for (const job of jobs) showJob(job, open.includes(job) ? { outcome: "waiting", text: "" } : job);
  byId("settle-results").replaceChildren(...sorted(jobs).map(({ line }) => line));
  showButtons("stop");
  show(dialog, "running");
  showSums(jobs);
  byId("settle-summary").focus();
  await fewAtATime(waiting, async (job) => {
    await work(job);
    showSums(jobs);
  });
  for (const job of open)
    if (job.outcome === "waiting") showJob(job, { outcome: "stopped", text: "Stopped before its turn" });
  keepOpen(dialog, false);
  finish(jobs);
}

async function work(job) {
  showJob(job, { outcome: "moving", text: KINDS[kind].doing });
  const { error, ...result } = await settle(kind, job, note.value);
  showJob(job, result);
  if (error && sessionEnded(error)) waiting.splice(0); // it has ended for the other letters too
}

/** Show the end. Letters that were not settled stay selected, and can be tried again. */
function finish(jobs) {
  const again = jobs.filter(isRetried);
  for (const job of jobs) if (!isLeft(job)) chosen.delete(job.letter.id);
  byId("settle-results").replaceChildren(...sorted(jobs).map(({ line }) => line));
  showSums(jobs);
  announce(byId("settle-summary").textContent);
  byId("settle-retry").textContent = `Try ${count(again.length, "letter")} again`;
  byId("settle-retry").onclick = () => run(jobs, again);
  showButtons("close", ...(again.length ? ["retry"] : []));
  byId("settle-close").focus();
  showSelection();
  reload();
}

function showJob(job, { outcome, text }) {
  const { letter } = job;
  Object.assign(job, { outcome, text });
  job.line ??= stamp("letter-result", { name: nameOf(letter), kind: kindOf(letter) });
  job.line.querySelector("a").href = deadLetterPage(letter.id);
  job.line.dataset.outcome = outcome;
  fill(job.line, { outcome: text });
}

function showSums(jobs) {
  const possible = jobs.filter(({ outcome }) => outcome !== "impossible");
  const open = possible.filter(({ outcome }) => ["waiting", "moving"].includes(outcome));
  byId("settle-summary").textContent = sumsOf(kind, jobs);
  const max = possible.length || 1;
  Object.assign(byId("settle-progress"), { max, value: possible.length - open.length });
}

function showButtons(...names) {
  for (const name of ["stop", "retry", "close"]) byId(`settle-${name}`).hidden = !names.includes(name);
  byId("settle-progress").hidden = !names.includes("stop");
}

dialog.onclose = () => isShown(byId("bulk-bar")) || byId("main").focus({ preventScroll: true });
byId("settle-stop").onclick = () => waiting.splice(0);
for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
