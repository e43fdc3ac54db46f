// What the dialog of a bulk move shows: its plan, then a line for each order with its result, and the sums.
import { byId, fill, stamp } from "../lib/dom.js";
import { orderNumber } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { nextStep } from "../order/status.js";

const results = byId("bulk-results");
const OUTCOMES = {
  done: "moved",
  changed: "changed by someone else",
  impossible: "not possible",
  failed: "failed",
  stopped: "not moved",
};

/** Shows how many orders would move from each status, and to which. */
export function showPlan(orders) {
  const groups = Map.groupBy(orders, (order) => order.status);
  byId("bulk-plan").replaceChildren(...[...groups].map(([status, those]) => planLine(status, those.length)));
}

function planLine(status, number) {
  const item = document.createElement("li");
  const to = nextStep[status]?.to;
  item.textContent = `${number} ${status} ${to ? `→ ${to}` : "– no next status, will stay"}`;
  return item;
}

/** Shows a waiting line for each job, in place of earlier results. */
export const showJobs = (jobs) => results.replaceChildren(...jobs.map(line));

/** The orderID of the first line, or undefined without lines. */
export const firstOrder = () => results.firstElementChild?.dataset.order;

function line(job) {
  const { orderID, customer } = job.order;
  job.line = stamp("bulk-result", { number: orderNumber(orderID), customer: customer.name });
  job.line.querySelector("a").href = orderPage(orderID);
  job.line.dataset.order = orderID;
  showOutcome(job, "waiting", "Waiting");
  return job.line;
}

/** Sets the outcome of a job and shows it in its line. */
export function showOutcome(job, outcome, text) {
  Object.assign(job, { outcome, text });
  job.line.dataset.outcome = outcome;
  fill(job.line, { outcome: text });
}

/** Shows how many jobs are over, and how many had each outcome. */
export function showProgress(jobs, running) {
  const over = jobs.filter(({ outcome }) => outcome in OUTCOMES);
  byId("bulk-progress").max = jobs.length;
  byId("bulk-progress").value = over.length;
  byId("bulk-title").textContent = running ? "Moving orders" : "Moved orders";
  const groups = Map.groupBy(over, ({ outcome }) => outcome);
  const parts = Object.keys(OUTCOMES).filter((outcome) => groups.has(outcome));
  byId("bulk-summary").textContent =
    `${over.length} of ${jobs.length}: ` +
    parts.map((one) => `${groups.get(one).length} ${OUTCOMES[one]}`).join(", ");
}
