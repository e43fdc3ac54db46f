// The results of settling many dead letters. They stay on the page, also after a look at a letter or a reload, until a person
// closes them or settles others.
import { announce, byId, fill, stamp } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { deadLetterPage, followedLink, orderLink } from "../lib/links.js";
import { lastLetters } from "./letters.js";
import { KINDS, isRetried, retryOf, sorted, sumsOf } from "./settle-jobs.js";
import { kindOf, markOf, nameOf } from "./words.js";

const card = byId("settled");
const list = byId("settle-results");
let kept; // {load, save, clear}

/** Return the results that a person has not closed: {kind, note, jobs}, or null. */
export function keptResults(who) {
  kept = draft("settled", who);
  list.onclick = (event) => {
    if (followedLink(event))
      lastLetters(who).save({ address: location.pathname + location.search, trail: history.state?.trail });
  };
  return kept.load();
}

/** Show a line for each job, those first that a person has to look at. */
export function showResults(kind, jobs) {
  for (const job of jobs) showJob(job, {});
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  list.replaceChildren(...sorted(jobs).map(({ line }) => line));
  focused?.focus(); // a result may come while a person goes through the lines
  showSums(kind, jobs);
  card.hidden = false;
}

/** Change a job, and show it in its line. */
export function showJob(job, changes) {
  const { letter, text, stored, outcome } = Object.assign(job, changes);
  job.line ??= stamp("letter-result", { name: nameOf(letter), mark: markOf(letter), kind: kindOf(letter) });
  job.line.querySelector("a").href = deadLetterPage(letter.id);
  job.line.dataset.outcome = outcome;
  fill(job.line, { outcome: stored ? [`${text} `, orderLink(stored)] : text });
}

/** Show how many jobs have each outcome. */
export function showSums(kind, jobs) {
  for (const id of ["settle-summary", "settled-summary"]) byId(id).textContent = sumsOf(kind, jobs);
}

/** Show the end of a task, keep it, and offer to try again what failed. `retry(jobs)` does so. */
export function showEnd({ kind, note, jobs }, retry) {
  showResults(kind, jobs);
  const again = jobs.filter(isRetried);
  byId("settle-retry").hidden = byId("settled-hint").hidden = !again.length;
  byId("settle-retry").textContent = retryOf(again);
  byId("settle-retry").onclick = () => retry(again);
  byId("settled-hint").textContent = KINDS[kind].again;
  kept.save({ kind, note, jobs: jobs.map(toKeep) });
}

const toKeep = ({ letter, outcome, text, stored, isUnknown }) => ({
  letter,
  outcome,
  text,
  stored,
  isUnknown,
});

/** Close the results. `onClosed()` is called after that. */
export function wireClosing(onClosed) {
  byId("settled-close").onclick = () => {
    kept.clear();
    card.hidden = true;
    announce("The results are closed.");
    byId("main").focus({ preventScroll: true });
    onClosed();
  };
}
