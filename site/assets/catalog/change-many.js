// A change of many products in a dialog: the question, a look at every change before anything is written, and the result of each.
import { call } from "../lib/api.js";
import { byId, isShown, show } from "../lib/dom.js";
import { fewAtATime } from "../lib/few-at-a-time.js";
import { count } from "../lib/format.js";
import { keepOpen } from "../lib/kept-open.js";
import { sessionEnded } from "../shell/shell.js";
import { showForm, typedChange } from "./change-form.js";
import { isOpen, showButtons, showJobs, saySums, showOutcome, showSums } from "./change-results.js";
import { planOf } from "./plan.js";
import { isAsAsked, leftChanges, productPath } from "./products.js";
import { chosen, showSelection } from "./rows.js";

const dialog = byId("change-dialog");
const currency = document.querySelector('meta[name="order-desk:currency"]').content;

let hasEnded = false; // the session, during the last change
let waiting = []; // the jobs that nobody has taken
let list;

/** Ask how to change these products, show what changes, and do it. `reload()` then shows the list anew for the person `who`. */
export function changeMany(products, { reload, who }) {
  list = { reload, who };
  byId("change-title").textContent = `Change ${count(products.length, "product")}`;
  byId("change-form").onchange = () => showForm(currency);
  byId("change-form").onsubmit = (event) => {
    event.preventDefault();
    const made = typedChange(currency);
    if (made) look(planOf(products, made, Number(dialog.dataset.maxPrice)));
  };
  ask();
  dialog.showModal();
}

/** Show, after a new sign-in, the changes that were not made because the session had ended. */
export function resume({ reload, who }) {
  const jobs = leftChanges(who).load();
  leftChanges(who).clear();
  for (const { product } of jobs) chosen.set(product.sku, product);
  showSelection();
  changeMany([...chosen.values()], { reload, who });
  look(jobs);
}

function ask() {
  show(dialog, "asking");
  showForm(currency);
  dialog.querySelector(":checked").focus();
}

/** Show what the plan does to each product, and wait for the person to start it. */
function look(jobs) {
  const number = jobs.filter(isOpen).length;
  showJobs(jobs);
  showSums(jobs);
  byId("change-back").onclick = ask;
  byId("change-start").textContent = `Change ${count(number, "product")}`;
  byId("change-start").onclick = () => run(jobs, jobs.filter(isOpen));
  show(dialog, "running");
  showButtons("back", number ? "start" : "close");
  byId("change-summary").focus();
}

async function run(jobs, open) {
  hasEnded = false;
  keepOpen(dialog, true);
  waiting = [...open];
  for (const job of open) showOutcome(job, "waiting", "");
  showButtons("stop");
  await fewAtATime(waiting, async (job) => {
    await change(job);
    showSums(jobs);
  });
  for (const job of open)
    if (isOpen(job)) showOutcome(job, "stopped", "Not changed: stopped before its turn");
  keepOpen(dialog, false);
  finish(jobs);
}

/** Make one change. Its `If-Match` names the version that the plan shows, so nobody else's change is lost. */
async function change(job) {
  const { sku, version } = job.product;
  showOutcome(job, "moving", "Changing …");
  try {
    await call("PUT", productPath(sku), { body: job.body, version });
    showOutcome(job, "done", "Changed");
  } catch (error) {
    if (error.current && isAsAsked(job.body, error.current)) showOutcome(job, "done", "Changed");
    else if (error.status === 412)
      showOutcome(job, "changed", "Someone else has changed it meanwhile. Look at it, then select it again.");
    else if (error.status === 404) showOutcome(job, "changed", "Someone else has deleted it.");
    else showOutcome(job, "failed", `Not changed: ${error.message}`);
    if (!sessionEnded(error)) return;
    hasEnded = true;
    waiting.splice(0); // it has ended for the other products too
  }
}

/** Show the end. Products that were not changed stay selected, and can be tried again. */
function finish(jobs) {
  const again = jobs.filter(({ outcome }) => ["failed", "stopped"].includes(outcome));
  for (const { product, outcome } of jobs)
    if (!["failed", "stopped"].includes(outcome)) chosen.delete(product.sku);
  showJobs(jobs);
  saySums(jobs);
  byId("change-retry").textContent = `Try ${count(again.length, "product")} again`;
  byId("change-retry").onclick = () => run(jobs, again);
  showButtons("close", ...(again.length ? ["retry"] : []));
  byId("change-close").focus();
  showSelection();
  if (hasEnded)
    leftChanges(list.who).save(
      again.map((job) => ({ ...job, line: undefined, outcome: "planned", text: "" })),
    );
  list.reload();
}

dialog.onclose = () => isShown(byId("change-selected")) || byId("main").focus({ preventScroll: true });
byId("change-stop").onclick = () => waiting.splice(0);
for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
