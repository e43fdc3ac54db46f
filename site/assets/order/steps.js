// The actions on the page of an order: the next step, a step back, cancel, edit, erase, print, copy the link.
import { call } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { byId, isShown } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { orderNumber } from "../lib/format.js";
import { backToList } from "../lib/last-list.js";
import { loadModule } from "../shell/connection.js";
import { keys } from "../shell/keys.js";
import { CommentField } from "./comment.js";
import { copyLink } from "./copy-link.js";
import { edit, resumeEdit } from "./editing.js";
import { movesWithReason } from "./moves-with-reason.js";
import { printStored } from "./printing.js";
import { nextStep } from "./status.js";

let page;
let reasons;

/** Wire the buttons and keys of the page. */
export function wireSteps(shown) {
  page = shown;
  reasons = movesWithReason(page);
  new CommentField(page).wire();
  byId("edit-labels").onclick = editLabels;
  byId("move").onclick = move;
  byId("edit").onclick = () => edit(page);
  byId("change-details").onclick = changeDetails;
  byId("erase").onclick = erase;
  byId("print-slip").onclick = () => printStored(page, "packing-slip");
  byId("print-invoice").onclick = () => printStored(page, "invoice");
  byId("copy-link").onclick = () => copyLink(page.orderID);
  keys({
    e: ["Next step of the order", () => press("move")],
    p: ["Print the packing slip", () => press("print-slip")],
    i: ["Print the invoice", () => press("print-invoice")],
    t: ["Tags and assignee", () => press("edit-labels")],
    c: ["Copy the link", () => press("copy-link")],
    d: ["Duplicate as a new order", () => press("duplicate")],
  });
}

/** Click the button whose shortcut key was pressed, if the button is visible and enabled. */
function press(id) {
  const button = byId(id);
  if (isShown(button) && !button.disabled) button.click();
}

function move(event) {
  if (event.detail > 1) return; // the second half of a double click would take the following step
  page.change(byId("move"), { status: nextStep[page.order.status].to });
}

async function erase() {
  byId("erase-number").textContent = orderNumber(page.order);
  if ((await ask(byId("erase-dialog"))) !== "erase") return;
  try {
    await call("DELETE", page.path, { version: page.order.version });
    location.replace(backToList(page.who, page.orderID));
  } catch (error) {
    await page.explain(error);
  }
}

async function changeDetails() {
  const delivery = await loadModule(() => import("./delivery.js"));
  delivery.changeDetails(page);
}

async function editLabels() {
  const labels = await loadModule(() => import("./label-form.js"));
  labels.editLabels(page);
}

/** Continue a change of details that was begun. Return whether there is one. */
function resumeDetails() {
  const kept = draft("details", page.who, page.orderID);
  if (!kept.load()) return false;
  if (page.order.status === "packed") changeDetails();
  else {
    kept.clear();
    page.notice(`Address, phone and notes were not changed: the order is ${page.order.status} by now.`);
  }
  return true;
}

/** Continue an edit or a move that was begun before a reload or a new sign-in, unless it is too late. */
export function resumeWork() {
  for (const reason of reasons) reason.recall();
  if (!resumeEdit(page) && !resumeDetails()) reasons.some((reason) => reason.resume());
}
