// The content of the dialog for a bulk task: its plan, then a line for each order with its result, and the sums.
import { byId, fill, stamp } from "../lib/dom.js";
import { count, orderNumber } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { hideToast, showToast } from "../lib/toast.js";
import { selectOnly } from "./selection.js";

const results = byId("bulk-results");
const OUTCOMES = ["done", "changed", "impossible", "failed", "stopped"];

/** Show in a list how many orders have each status, and after that what `becomes(status, orders)` says of them. */
export function showPlan(list, orders, becomes) {
  const groups = [...grouped(orders, (order) => order.status)];
  list.replaceChildren(
    ...groups.map(([status, group]) => {
      const item = document.createElement("li");
      item.textContent = `${group.length} ${status} ${becomes(status, group)}`;
      return item;
    }),
  );
}

/** Return lists of items by key. Safari has Map.groupBy only since version 17.4. */
function grouped(items, keyOf) {
  const groups = new Map(items.map((item) => [keyOf(item), []]));
  for (const item of items) groups.get(keyOf(item)).push(item);
  return groups;
}

/** Show a line "Waiting" for each job, in place of earlier results. */
export const showJobs = (jobs) => results.replaceChildren(...jobs.map(line));

/** Return the orderID of the first line, or undefined without lines. */
export const firstOrder = () => results.firstElementChild?.dataset.order;

function line(job) {
  const { orderID, customer } = job.order;
  job.line = stamp("bulk-result", { number: orderNumber(job.order), customer: customer.name });
  job.line.querySelector("a").href = orderPage(orderID);
  job.line.dataset.order = orderID;
  showOutcome(job, "waiting", "Waiting");
  return job.line;
}

/** Set the outcome of a job, and show it in the job's line. */
export function showOutcome(job, outcome, text) {
  Object.assign(job, { outcome, text });
  job.line.dataset.outcome = outcome;
  fill(job.line, { outcome: text });
}

/** Show how many jobs of a task are finished, and how many of them had each outcome. */
export function showProgress(jobs, running, { doing, done }) {
  const finished = jobs.filter(({ outcome }) => OUTCOMES.includes(outcome));
  const past = done.toLowerCase();
  const words = {
    done: past,
    changed: "changed by someone else",
    impossible: "not possible",
    failed: "failed",
    stopped: `not ${past}`,
  };
  byId("bulk-progress").hidden = !running; // a full green bar would look like success
  byId("bulk-progress").max = jobs.length;
  byId("bulk-progress").value = finished.length;
  byId("bulk-title").textContent = `${running ? doing : done} orders`;
  const groups = grouped(finished, ({ outcome }) => outcome);
  const parts = OUTCOMES.filter((outcome) => groups.has(outcome));
  byId("bulk-summary").textContent =
    `${finished.length} of ${jobs.length}: ` +
    parts.map((outcome) => `${groups.get(outcome).length} ${words[outcome]}`).join(", ");
}

/** Move the lines of jobs that were not done to the top, because a person has to look at them. */
export const putFailuresFirst = (jobs) =>
  results.prepend(...jobs.filter(({ outcome }) => outcome !== "done").map(({ line: shown }) => shown));

/** Offer to take the moves back, to print the changed orders, and to select them again, so that a person can go on with them. */
export function offerDone(jobs, undos, undo) {
  const changed = jobs.filter(({ outcome, reason }) => outcome === "done" && !reason).map(({ now }) => now);
  const isPossible = changed.length > 0;
  const again = () => {
    selectOnly(changed);
    byId("bulk-dialog").close();
  };
  const print = () => {
    again();
    byId("print-selected").click();
  };
  const these = changed.length === 1 ? "this order" : `these ${changed.length} orders`;
  offer(byId("bulk-again"), `Select ${these} again`, { isPossible, act: again });
  offer(byId("bulk-print"), "Print …", { isPossible, act: print });
  offerUndoAfterwards(undos.length, undo);
  offer(byId("bulk-undo"), `Undo ${count(undos.length, "move")}`, {
    isPossible: undos.length > 0,
    act: undo,
  });
}

/** Offer to take the moves back for some seconds after the dialog is closed. */
function offerUndoAfterwards(moves, undo) {
  const dialog = byId("bulk-dialog");
  const again = () => {
    hideToast(byId("list-note"));
    dialog.showModal();
    undo();
  };
  dialog.onclose = moves
    ? () => showToast(byId("list-note"), `${count(moves, "order")} moved.`, again)
    : null;
}

function offer(button, text, { isPossible, act }) {
  button.hidden = !isPossible;
  button.textContent = text;
  button.onclick = act;
}
