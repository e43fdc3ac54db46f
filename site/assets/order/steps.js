// The actions on the page of an order: the next step, cancel, edit, erase, print, copy the link.
import { call } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { byId, isShown } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { orderNumber } from "../lib/format.js";
import { lines } from "../lib/text.js";
import { keys } from "../shell/keys.js";
import { copyLink } from "./copy-link.js";
import { edit, resumeEdit } from "./editing.js";
import { printStored } from "./freshness.js";
import { cancellable, nextStep } from "./status.js";

let page;
let reason; // the draft of a cancellation's reason

/** Wire the buttons and keys of the page. */
export function wireSteps(shown) {
  page = shown;
  reason = draft("cancel", page.who, page.orderID);
  byId("move").onclick = move;
  byId("cancel").onclick = cancel;
  byId("edit").onclick = () => edit(page);
  byId("erase").onclick = erase;
  byId("print-slip").onclick = () => printStored(page, "packing-slip");
  byId("print-invoice").onclick = () => printStored(page, "invoice");
  byId("copy-link").onclick = () => copyLink(page.orderID);
  byId("cancel-note").oninput = keepReason;
  keys({
    e: ["Next step of the order", () => press("move")],
    p: ["Print the packing slip", () => press("print-slip")],
    i: ["Print the invoice", () => press("print-invoice")],
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

async function cancel() {
  if ((await ask(byId("cancel-dialog"))) !== "cancel") return reason.clear();
  await page.change(byId("cancel"), { status: "cancelled", note: lines(byId("cancel-note").value) });
  return page.order.status === "cancelled" && reason.clear();
}

function keepReason() {
  reason.save(byId("cancel-note").value);
  requireReason();
}

/** Require a reason for a cancellation. Blanks are not a reason. */
function requireReason() {
  const note = byId("cancel-note");
  note.setCustomValidity(lines(note.value) ? "" : "Say why: it goes into the timeline.");
}

async function erase() {
  byId("erase-number").textContent = orderNumber(page.orderID);
  if ((await ask(byId("erase-dialog"))) !== "erase") return;
  try {
    await call("DELETE", page.path, { version: page.order.version });
    location.replace("/orders.html");
  } catch (error) {
    await page.explain(error);
  }
}

/** Continue an edit or a cancellation that was begun before a reload or a new sign-in, unless it is too late. */
export function resumeWork() {
  byId("cancel-note").value = reason.load() ?? "";
  requireReason();
  if (!resumeEdit(page) && reason.load() !== null) resumeCancel();
}

function resumeCancel() {
  const { status } = page.order;
  if (cancellable.includes(status)) return cancel();
  reason.clear();
  return status === "cancelled" || page.notice(`The order was not cancelled: it is ${status} by now.`);
}
