// Moves orders to their next status: one from the keyboard, or all that are selected, with a result for each.
import { Refused, call } from "../lib/api.js";
import { byId, fill, show, stamp } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { count, orderNumber, statusName } from "../lib/format.js";
import { TWICE, isOwnChange, nextStep } from "../order/status.js";
import { boxOf, changed, focus, rows, updateRow } from "./rows.js";
import { SignedOut } from "../lib/session.js";
import { announce, sessionEnded } from "../shell/shell.js";

const AT_ONCE = 4; // calls side by side: quick, and far below what the API lets through
const dialog = byId("bulk-dialog");
const results = byId("bulk-results");
const tried = new WeakSet(); // orders, as they were read, that a move may have reached without an answer
let list;
let running = false;
let stopped = false;

// -- one order

/** Moves the order of a row at once, on the condition that it is still the version on screen. */
export async function moveOne(shown, row) {
  if (row.moving || performance.now() - row.movedAt < TWICE) return;
  list = shown;
  row.moving = true;
  const job = { order: row.order };
  await move(job);
  row.moving = false;
  if (job.outcome === "done") row.movedAt = performance.now();
  changed();
  note(`Order ${orderNumber(job.order.orderID)}: ${job.text}`);
  if (job.ended) sessionEnded(job.ended);
}

let fading;

function note(text) {
  clearTimeout(fading);
  byId("list-note").textContent = text;
  byId("list-note").hidden = false;
  fading = setTimeout(() => (byId("list-note").hidden = true), 8_000);
  announce(text);
}

// -- many orders

/** Says what will happen to these orders, and does it when the person wants it. */
export function moveMany(shown, orders) {
  list = shown;
  const jobs = orders.map((order) => ({ order }));
  const able = jobs.filter(({ order }) => nextStep[order.status]);
  byId("bulk-title").textContent = `Move ${count(orders.length, "order")} to the next status`;
  byId("bulk-plan").replaceChildren(...plan(orders));
  byId("bulk-start").textContent = `Move ${count(able.length, "order")}`;
  byId("bulk-start").hidden = !able.length;
  byId("bulk-start").onclick = () => begin(jobs);
  show(dialog, "asking");
  dialog.showModal();
  byId("bulk-start").focus();
}

function plan(orders) {
  const groups = Map.groupBy(orders, (order) => order.status);
  return [...groups].map(([status, those]) => {
    const item = document.createElement("li");
    const to = nextStep[status]?.to;
    item.textContent = `${those.length} ${status} ${to ? `→ ${to}` : "– no next status, will stay"}`;
    return item;
  });
}

function begin(jobs) {
  results.replaceChildren(...jobs.map(line));
  show(dialog, "running");
  return run(jobs);
}

function line(job) {
  const { orderID, customer } = job.order;
  job.line = stamp("bulk-result", { number: orderNumber(orderID), customer: customer.name });
  job.line.querySelector("a").href = `/order.html?id=${encodeURIComponent(orderID)}`;
  job.line.dataset.order = orderID;
  tell(job, "waiting", "Waiting");
  return job.line;
}

async function run(jobs) {
  const waiting = jobs.filter(({ outcome }) => ["waiting", "failed", "stopped"].includes(outcome));
  for (const job of waiting) tell(job, "waiting", "Waiting");
  setRunning(true);
  showProgress(jobs);
  const worker = async () => {
    for (let job; !stopped && (job = waiting.shift()); showProgress(jobs)) await moveLine(job);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const job of waiting) tell(job, "stopped", "Not moved: stopped before its turn");
  setRunning(false);
  finish(jobs);
}

async function moveLine(job) {
  tell(job, "moving", "Moving …");
  await move(job);
  tell(job, job.outcome, job.text);
  if (job.ended) stopped = true; // the others would meet the same
}

function tell(job, outcome, text) {
  Object.assign(job, { outcome, text });
  job.line.dataset.outcome = outcome;
  fill(job.line, { outcome: text });
}

function setRunning(now) {
  running = now;
  stopped = false;
  dialog.closedBy = now ? "none" : "closerequest";
  byId("bulk-stop").hidden = !now;
  byId("bulk-close").hidden = now;
  byId("bulk-retry").hidden = true;
  if (now) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
}

const warn = (event) => event.preventDefault();

const OUTCOMES = {
  done: "moved",
  changed: "changed by someone else",
  impossible: "not possible",
  failed: "failed",
  stopped: "not moved",
};

function showProgress(jobs) {
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

/** What is left is kept: selected, behind "Try again", and through a new sign-in. */
function finish(jobs) {
  showProgress(jobs);
  const left = jobs.filter(({ outcome }) => outcome === "failed" || outcome === "stopped");
  const ended = jobs.find((job) => job.ended);
  for (const { order } of jobs) if (rows.has(order.orderID)) boxOf(rows.get(order.orderID)).checked = false;
  for (const { order } of left) if (rows.has(order.orderID)) boxOf(rows.get(order.orderID)).checked = true;
  changed();
  byId("bulk-retry").hidden = !left.length;
  byId("bulk-retry").textContent = `Try ${count(left.length, "order")} again`;
  byId("bulk-retry").onclick = () => run(jobs);
  (left.length ? byId("bulk-retry") : byId("bulk-close")).focus();
  if (ended) draft("bulk", list.who).save(left.map(({ order }) => ({ order, tried: tried.has(order) })));
  if (ended) sessionEnded(ended.ended);
}

/** Shows the orders that an ended session left behind, after the new sign-in. */
export function resume(shown) {
  list = shown;
  const kept = draft("bulk", list.who);
  const jobs = kept.load();
  kept.clear();
  results.replaceChildren(...jobs.map(line));
  for (const job of jobs) tell(job, "failed", "Not moved: the session ended");
  for (const job of jobs) if (job.tried) tried.add(job.order);
  show(dialog, "running");
  setRunning(false);
  dialog.showModal();
  finish(jobs);
}

// -- one call

/** Sends one order on; `job` gets its outcome and a text for people, and its row shows the order as it is now. */
async function move(job) {
  const { order } = job;
  const step = nextStep[order.status];
  job.ended = null;
  if (!step) return Object.assign(job, impossible(`${order.status} has no next status`));
  try {
    const path = `/orders/${encodeURIComponent(order.orderID)}`;
    const moved = await call("PATCH", path, { body: { status: step.to }, version: order.version });
    updateRow(moved);
    Object.assign(job, done(step));
  } catch (error) {
    Object.assign(job, refusal(error, job, step));
    tried.add(order);
  }
}

const done = ({ to }) => ({ outcome: "done", text: `Moved to ${to}` });
const impossible = (why) => ({ outcome: "impossible", text: `Not possible: ${why}` });

function refusal(error, { order }, step) {
  if (!(error instanceof Refused)) {
    return {
      outcome: "failed",
      text: `Failed: ${error.message}`,
      ended: error instanceof SignedOut ? error : null,
    };
  }
  const { current } = error;
  if (current) updateRow(current);
  // An earlier try without an answer may have arrived all the same.
  const arrived = tried.has(order) && current?.status === step.to && isOwnChange(order, current, list.who);
  if (error.status === 412 && arrived) return done(step);
  if (error.status === 412 && current) return { outcome: "changed", text: stale(current) };
  if (error.status === 404 || error.status === 412)
    return { outcome: "changed", text: "Erased by someone else" };
  if (error.status === 409) return impossible(error.message);
  return { outcome: "failed", text: `Failed: ${error.message}` };
}

function stale({ status, history }) {
  const { by } = history.at(-1);
  return `Not moved: changed by ${by}, ${statusName(status)} now`;
}

dialog.addEventListener("close", () => {
  if (running) return dialog.showModal(); // a browser that knows no closedBy let Escape hide what goes on
  // The button that opened it is gone with the selection; go on at the first of its orders.
  const row = rows.get(results.firstElementChild?.dataset.order);
  return row && byId("bulk-bar").hidden && !document.activeElement.closest("tr") && focus(row);
});
byId("bulk-stop").onclick = () => (stopped = true);
for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
