// The dialog that merges a customer into another one: all orders get the other e-mail address.
import { call } from "../lib/api.js";
import { byId, fill, show, stamp } from "../lib/dom.js";
import { count, isolated, orderNumber } from "../lib/format.js";
import { keepOpen } from "../lib/kept-open.js";
import { customerPage, orderPage } from "../lib/links.js";
import { sessionEnded } from "../shell/shell.js";
import { offerChoice } from "./merge-choice.js";
import { Transfer, mergedNote } from "./transfer.js";
import { writeNote } from "./write-note.js";

const dialog = byId("merge-dialog");
let from, to, transfer;

/** Ask for the customer into whom this one is merged, and merge them. */
export function merge(customer) {
  transfer = null;
  offerChoice(customer, begin);
  show(dialog, "asking");
  dialog.showModal();
}

function begin(one, other) {
  [from, to] = [one, other];
  transfer = new Transfer({ from: from.email, to: to.email, call, onProgress: showProgress });
  show(dialog, "running");
  return run();
}

/** Move the orders, or those that an earlier run left. */
async function run() {
  setRunning(true);
  showProgress();
  let problem = null;
  try {
    await keepNote();
    if (await transfer.run()) return leave();
  } catch (error) {
    problem = error;
  }
  setRunning(false);
  showEnd(problem ?? transfer.failures.find(({ error }) => error.name === "SignedOut")?.error);
}

/** Add the note to that of the other customer, because it goes with the last order. */
async function keepNote() {
  const note = mergedNote(from, to);
  if (note !== (to.note ?? "")) to = await writeNote(to, note);
}

function leave() {
  setRunning(false);
  location.assign(customerPage(to.email));
}

function setRunning(isRunning) {
  keepOpen(dialog, isRunning);
  byId("merge-stop").hidden = !isRunning;
  byId("merge-again").hidden = byId("merge-close").hidden = isRunning;
}

function showProgress() {
  const { done, failures } = transfer;
  byId("merge-progress").max = Math.max(from.orders, done + failures.length);
  byId("merge-progress").value = done + failures.length;
  byId("merge-summary").textContent =
    `${done} of ${count(from.orders, "order")} moved to ${isolated(to.name)}.`;
}

/** Show the orders that were not moved. */
function showEnd(problem) {
  byId("merge-failures").replaceChildren(...transfer.failures.map(failure));
  fill(dialog, { "merge-error": problem?.message ?? "" });
  byId("merge-again").focus();
  if (problem) sessionEnded(problem);
}

function failure({ order, error }) {
  const line = stamp("merge-failure", {
    number: orderNumber(order),
    customer: order.customer.name,
    outcome: error.message,
  });
  line.querySelector("a").href = orderPage(order.orderID);
  return line;
}

byId("merge-again").onclick = run;
byId("merge-stop").onclick = () => transfer.stop();
for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
dialog.onclose = () => {
  if (!transfer || !byId("merge-stop").hidden) return;
  location.reload(); // the orders on the page may be another customer's by now
};
