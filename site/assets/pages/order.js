// The page of one order, where staff read, move, cancel, edit, print, copy or erase it.
import { Refused, call } from "../lib/api.js";
import { byId, show, showFailure, stamp } from "../lib/dom.js";
import { newOrderPage } from "../lib/links.js";
import { Pause } from "../lib/pause.js";
import { hideToast } from "../lib/toast.js";
import { showNote, wireMails } from "../order/beside.js";
import { change } from "../order/change.js";
import { showOrder } from "../order/details.js";
import { showNewer, watchOrder } from "../order/freshness.js";
import { showNeighbours } from "../order/neighbours.js";
import { papersOf } from "../order/papers.js";
import {
  cancellable,
  hasOnlyRemarks,
  isSettledByHand,
  isUnsettled,
  nextStep,
  stepBack,
} from "../order/status.js";
import { resumeWork, wireSteps } from "../order/steps.js";
import { sessionEnded, start } from "../shell/shell.js";

const orderID = new URLSearchParams(location.search).get("id") ?? "";
const path = `/orders/${encodeURIComponent(orderID)}`;
const region = byId("order");

/** The order on screen, a newer version that only a notice shows, and the functions of this page that the modules of the order call. */
const page = { orderID, path, order: null, newer: null, who: null, display, notice, explain };
page.pause = new Pause(byId("order-actions"), byId("moved"));
page.change = (button, body) => change(page, button, body);

async function load() {
  if (!orderID) return missing();
  try {
    display(await call("GET", path));
    show(region, "shown");
  } catch (error) {
    if (error.status === 404 || error.status === 400) missing();
    else if (!sessionEnded(error)) showFailure(region, error, begin);
  }
  return region.setAttribute("aria-busy", "false");
}

function missing() {
  papersOf(null);
  show(region, "missing");
}

function display(order) {
  if (page.order && !hasOnlyRemarks(page.order, order)) hideToast(byId("moved")); // its Undo is for the status that was on screen
  page.order = order;
  page.newer = null;
  showOrder(order);
  papersOf(order);
  showNote(order);
  const next = nextStep[order.status];
  byId("move").hidden = !next;
  byId("move").textContent = next?.label ?? "";
  byId("edit").hidden = order.status !== "placed";
  const back = stepBack(order, page.who);
  byId("back").hidden = !back;
  byId("back").textContent = back ? `Back to ${back} …` : "";
  byId("change-details").hidden = order.status !== "packed"; // the form has them while it is placed
  byId("cancel").hidden = !cancellable.includes(order.status);
  byId("fix").hidden = order.status !== "rejected";
  byId("fix").classList.toggle("primary", isUnsettled(order));
  byId("settle").hidden = !isUnsettled(order);
  byId("unsettle").hidden = !isSettledByHand(order);
  byId("fix").href = byId("duplicate").href = newOrderPage({ from: order.orderID });
  byId("duplicate").hidden = order.status === "rejected"; // "Fix" does the same for a rejected order
  byId("print-slip").hidden = byId("print-invoice").hidden = ["cancelled", "rejected"].includes(order.status);
  byId("erase-section").hidden = !page.who.isAdmin;
}

/** Show a notice, with a list, and with a button for each of the steps {label: onPress} that a person may take. */
function notice(text, { list = [], focus = true, steps = {} } = {}) {
  byId("notice-text").textContent = text;
  byId("notice-list").replaceChildren(...list.map((line) => stamp("notice-line", { line })));
  byId("notice-steps").replaceChildren(...Object.entries(steps).map(stepButton));
  byId("notice-steps").hidden = !Object.keys(steps).length;
  byId("notice").hidden = !text;
  if (text && focus) byId("notice").focus();
}

function stepButton([label, onPress]) {
  const button = stamp("notice-step");
  button.textContent = label;
  button.onclick = onPress;
  return button;
}

/** Show why a change was not made, and the order's present state. */
async function explain(error) {
  if (sessionEnded(error)) return;
  const stale = error instanceof Refused && error.status === 412;
  if (error.status === 404 || (stale && !error.current)) return missing(); // erased meanwhile
  if (stale) return showNewer(page, error.current, { rest: "Your change was not made." });
  if (error.status === 409) await load();
  notice(error.message);
}

async function begin() {
  await load();
  if (page.order) resumeWork();
}

start(async (who) => {
  page.who = who;
  wireSteps(page);
  wireMails(page);
  showNeighbours(page);
  await begin();
  watchOrder(page);
});
