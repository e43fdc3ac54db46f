// The lines of a change of many products: what it does to each of them, then what came of it.
import { announce, byId, fill, stamp } from "../lib/dom.js";
import { count, whole } from "../lib/format.js";
import { productPage } from "./products.js";

const BUTTONS = ["back", "start", "stop", "retry", "close"];
const results = byId("change-results");
const ORDER = ["impossible", "failed", "changed", "stopped", "planned", "waiting", "moving", "done", "same"];
const WORDS = {
  planned: "to change",
  same: "as they should be already",
  impossible: "not possible",
  waiting: "waiting",
  moving: "being changed",
  done: "changed",
  changed: "changed by someone else",
  failed: "failed",
  stopped: "not changed",
};

/** Show a line for each job, those that a person has to look at first. */
export function showJobs(jobs) {
  const sorted = jobs.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  results.replaceChildren(...sorted.map(lineOf));
}

function lineOf(job) {
  const { sku, name } = job.product;
  job.line ??= stamp("change-result", { sku, name, change: job.change });
  job.line.querySelector("a").href = productPage(sku);
  showOutcome(job, job.outcome, job.text);
  return job.line;
}

/** Set the outcome of a job, and show it in the job's line. */
export function showOutcome(job, outcome, text) {
  Object.assign(job, { outcome, text });
  job.line.dataset.outcome = outcome;
  fill(job.line, { outcome: text });
}

/** Show how many jobs have each outcome: "1,998 products to change, 2 not possible". */
export function showSums(jobs) {
  const sums = new Map();
  for (const { outcome } of jobs) sums.set(outcome, (sums.get(outcome) ?? 0) + 1);
  const parts = ORDER.toReversed().filter((outcome) => sums.has(outcome));
  const words = parts.map((outcome) => `${whole(sums.get(outcome))} ${WORDS[outcome]}`);
  byId("change-summary").textContent = `${count(jobs.length, "product")}: ${words.join(", ")}`;
  const [all, open] = [jobs, jobs.filter(isOpen)].map((part) => part.filter(({ body }) => body).length);
  Object.assign(byId("change-progress"), { max: all, value: all - open });
}

/** Show the buttons with these names, and the progress as long as it can be stopped. */
export function showButtons(...names) {
  for (const name of BUTTONS) byId(`change-${name}`).hidden = !names.includes(name);
  byId("change-progress").hidden = !names.includes("stop");
}

/** Show the sums, and read them out. While a change runs they are only shown, because they change with every product. */
export function saySums(jobs) {
  showSums(jobs);
  announce(byId("change-summary").textContent);
}

/** Whether a job is not finished. */
export const isOpen = ({ outcome }) => ["planned", "waiting", "moving"].includes(outcome);
