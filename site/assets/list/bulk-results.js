// The content of the dialog for a bulk move: its plan, then a line for each order with its result, and the sums.
import { byId, fill, stamp } from "../lib/dom.js";
import { count, orderNumber } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { nextStep } from "../order/status.js";
import { rows } from "./rows.js";
import { selectOnly } from "./selection.js";

const results = byId("bulk-results");
const OUTCOMES = {
  done: "moved",
  changed: "changed by someone else",
  impossible: "not possible",
  failed: "failed",
  stopped: "not moved",
};

/** Show how many orders would move from each status, and to which status. */
export function showPlan(orders) {
  const groups = grouped(orders, (order) => order.status);
  byId("bulk-plan").replaceChildren(...[...groups].map(([status, group]) => planLine(status, group.length)));
}

/** Return lists of items by key. Safari has Map.groupBy only since version 17.4. */
function grouped(items, keyOf) {
  const groups = new Map(items.map((item) => [keyOf(item), []]));
  for (const item of items) groups.get(keyOf(item)).push(item);
  return groups;
}

function planLine(status, number) {
  const item = document.createElement("li");
  const to = nextStep[status]?.to;
  item.textContent = `${number} ${status} ${to ? `→ ${to}` : "– no next status, will stay"}`;
  return item;
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

/** Show how many jobs are finished, and how many of them had each outcome. */
export function showProgress(jobs, running) {
  const finished = jobs.filter(({ outcome }) => outcome in OUTCOMES);
  byId("bulk-progress").max = jobs.length;
  byId("bulk-progress").value = finished.length;
  byId("bulk-title").textContent = running ? "Moving orders" : "Moved orders";
  const groups = grouped(finished, ({ outcome }) => outcome);
  const parts = Object.keys(OUTCOMES).filter((outcome) => groups.has(outcome));
  byId("bulk-summary").textContent =
    `${finished.length} of ${jobs.length}: ` +
    parts.map((outcome) => `${groups.get(outcome).length} ${OUTCOMES[outcome]}`).join(", ");
}

/** Offer to take the moves back, to print the moved orders, and to select them again, so that a person can go on with them. */
export function offerMoved(jobs, undos, undo) {
  const moved = jobs
    .filter(({ order, outcome }) => outcome === "done" && rows.has(order.orderID))
    .map(({ order }) => order);
  const isPossible = moved.length > 0;
  const again = () => {
    selectOnly(moved);
    byId("bulk-dialog").close();
  };
  const print = () => {
    again();
    byId("print-selected").click();
  };
  const these = moved.length === 1 ? "this order" : `these ${moved.length} orders`;
  offer(byId("bulk-again"), `Select ${these} again`, { isPossible, act: again });
  offer(byId("bulk-print"), "Print …", { isPossible, act: print });
  offer(byId("bulk-undo"), `Undo ${count(undos.length, "move")}`, {
    isPossible: undos.length > 0,
    act: undo,
  });
}

function offer(button, text, { isPossible, act }) {
  button.hidden = !isPossible;
  button.textContent = text;
  button.onclick = act;
}
