// One order: read it, move it on, cancel it, edit it, print it, pass it on, erase it.
import { Refused, call } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { announce, byId, show, showFailure, stamp } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { orderNumber } from "../lib/format.js";
import { newOrderPage, orderPage } from "../lib/links.js";
import { showOrder } from "../order/details.js";
import { papersOf, print } from "../order/papers.js";
import { DOUBLE_PRESS_MS, cancellable, isOwnChange, nextStep, statusName } from "../order/status.js";
import { needed } from "../shell/connection.js";
import { keys } from "../shell/keys.js";
import { sessionEnded, start } from "../shell/shell.js";

const orderID = new URLSearchParams(location.search).get("id") ?? "";
const path = `/orders/${encodeURIComponent(orderID)}`;
const page = byId("order");
let order;
let who;
let reason; // of a cancellation, while it is typed

async function load() {
  if (!orderID) return missing();
  try {
    display(await call("GET", path));
    show(page, "shown");
  } catch (error) {
    if (error.status === 404 || error.status === 400) missing();
    else if (!sessionEnded(error)) showFailure(page, error, begin);
  }
  return page.setAttribute("aria-busy", "false");
}

function missing() {
  papersOf(null);
  show(page, "missing");
}

function display(current) {
  order = current;
  showOrder(order);
  papersOf(order);
  const next = nextStep[order.status];
  byId("move").hidden = !next;
  byId("move").textContent = next?.label ?? "";
  byId("edit").hidden = order.status !== "placed";
  byId("cancel").hidden = !cancellable.includes(order.status);
  byId("fix").hidden = order.status !== "rejected";
  byId("fix").href = byId("duplicate").href = newOrderPage({ from: order.orderID });
  byId("duplicate").hidden = order.status === "rejected"; // which "fix" does
  byId("print-slip").hidden = byId("print-invoice").hidden = ["cancelled", "rejected"].includes(order.status);
  byId("erase-section").hidden = !who.isAdmin;
}

function notice(text, list = []) {
  byId("notice-text").textContent = text;
  byId("notice-list").replaceChildren(...list.map((line) => stamp("notice-line", { line })));
  byId("notice").hidden = !text;
  if (text) byId("notice").focus();
}

/** Changes the order on the condition that it is still the version on screen. */
async function change(button, body) {
  notice("");
  button.disabled = true;
  try {
    changed(await call("PATCH", path, { body, version: order.version }));
  } catch (error) {
    const arrived =
      error.current && isOwnChange(order, error.current, who) && error.current.status === body.status;
    if (arrived) changed(error.current);
    else await explain(error);
  }
  await new Promise((later) => setTimeout(later, DOUBLE_PRESS_MS)); // it may offer the step after this one by now
  button.disabled = false;
  // A button loses the focus while it is disabled.
  if (document.activeElement === document.body) (button.checkVisibility() ? button : byId("main")).focus();
}

function changed(current) {
  display(current);
  announce(`The order is now ${order.status}.`);
}

async function explain(error) {
  if (sessionEnded(error)) return;
  const stale = error instanceof Refused && error.status === 412;
  if (error.status === 404 || (stale && !error.current)) return missing(); // erased meanwhile
  if (stale) {
    const { changesSince } = await needed(() => import("../order/changes.js"));
    const changes = changesSince(order, error.current);
    display(error.current);
    const { by } = order.history.at(-1);
    const first =
      by === who.email
        ? "You have changed this order already, and nothing more was done."
        : `${by} changed this order in the meantime; nothing of yours was done.`;
    notice(`${first} This is how it stands now: ${statusName(order.status)}.`, changes);
  } else {
    if (error.status === 409) await load();
    notice(error.message);
  }
}

function move(event) {
  if (event.detail > 1) return; // the second half of a double click would take the step after this one
  change(byId("move"), { status: nextStep[order.status].to });
}

async function cancel() {
  if ((await ask(byId("cancel-dialog"))) !== "cancel") return reason.clear();
  await change(byId("cancel"), { status: "cancelled", note: byId("cancel-note").value.trim() });
  return order.status === "cancelled" && reason.clear();
}

async function erase() {
  byId("erase-number").textContent = orderNumber(order.orderID);
  if ((await ask(byId("erase-dialog"))) !== "erase") return;
  try {
    await call("DELETE", path, { version: order.version });
    location.replace("/orders.html");
  } catch (error) {
    await explain(error);
  }
}

async function copyLink() {
  const link = location.origin + orderPage(order.orderID);
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    byId("link").value = link;
    byId("link-dialog").showModal();
    return byId("link").select();
  }
  announce("The link to this order is copied.");
  byId("copy-link-text").textContent = "Link copied";
  return setTimeout(() => (byId("copy-link-text").textContent = "Copy link"), 4000);
}

function keepReason() {
  reason.save(byId("cancel-note").value);
  needReason();
}

/** The reason is asked for: blanks are none. */
function needReason() {
  const note = byId("cancel-note");
  note.setCustomValidity(note.value.trim() ? "" : "Say why: it goes into the timeline.");
}

/** A key does what its button does, where the button is there. */
function press(id) {
  const button = byId(id);
  if (button.checkVisibility() && !button.disabled) button.click();
}

let editing = false;

async function edit() {
  if (editing) return;
  editing = true;
  notice("");
  const { editOrder } = await needed(() => import("../order/edit.js"));
  const outcome = await editOrder(order, who);
  editing = false;
  if (outcome.order) display(outcome.order);
  if (outcome.notice) notice(outcome.notice);
  else byId("edit").focus();
}

/** What was typed before a reload or a new sign-in is there again, unless it came too late. */
async function begin() {
  await load();
  if (!order) return;
  const edited = draft("edit", who, orderID);
  byId("cancel-note").value = reason.load() ?? "";
  needReason();
  if (edited.load()) goOnEditing(edited);
  else if (reason.load() !== null) goOnCancelling();
}

function goOnEditing(edited) {
  if (order.status === "placed") return edit();
  edited.clear();
  return notice(
    `Your changes were not saved: the order is ${order.status} by now and can no longer be edited.`,
  );
}

function goOnCancelling() {
  if (cancellable.includes(order.status)) return cancel();
  reason.clear();
  return order.status === "cancelled" || notice(`The order was not cancelled: it is ${order.status} by now.`);
}

start(async (person) => {
  who = person;
  reason = draft("cancel", who, orderID);
  byId("move").onclick = move;
  byId("cancel").onclick = cancel;
  byId("edit").onclick = edit;
  byId("erase").onclick = erase;
  byId("print-slip").onclick = () => print("packing-slip");
  byId("print-invoice").onclick = () => print("invoice");
  byId("copy-link").onclick = copyLink;
  byId("cancel-note").oninput = keepReason;
  keys({
    e: ["Next step of the order", () => press("move")],
    p: ["Print the packing slip", () => press("print-slip")],
    i: ["Print the invoice", () => press("print-invoice")],
    c: ["Copy the link", () => press("copy-link")],
    d: ["Duplicate as a new order", () => press("duplicate")],
  });
  await begin();
});
