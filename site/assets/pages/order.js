// One order: read it, move it on, cancel it, edit it, erase it.
import { Refused, call } from "../api.js";
import { byId, show, showFailure } from "../dom.js";
import { orderNumber } from "../format.js";
import { cancellable, nextStep, statusName } from "../order-status.js";
import { showOrder } from "../order-view.js";
import { announce, sessionEnded, start } from "../shell.js";

const orderID = new URLSearchParams(location.search).get("id") ?? "";
const path = `/orders/${encodeURIComponent(orderID)}`;
const page = byId("order");
let order;
let who;

async function load() {
  if (!orderID) return show(page, "missing");
  try {
    display(await call("GET", path));
    show(page, "shown");
  } catch (error) {
    if (error.status === 404 || error.status === 400) show(page, "missing");
    else if (!sessionEnded(error)) showFailure(page, error, load);
  }
  return page.setAttribute("aria-busy", "false");
}

function display(current) {
  order = current;
  showOrder(order);
  const next = nextStep[order.status];
  byId("move").hidden = !next;
  byId("move").textContent = next?.label ?? "";
  byId("edit").hidden = order.status !== "placed";
  byId("cancel").hidden = !cancellable.includes(order.status);
  byId("fix").hidden = order.status !== "rejected";
  byId("fix").href = `/new-order.html?from=${encodeURIComponent(order.orderID)}`;
  byId("erase-section").hidden = !who.isAdmin;
}

function notice(text, kind = "warning") {
  byId("notice").textContent = text;
  byId("notice").className = `notice ${kind}`;
  byId("notice").hidden = !text;
}

/** Changes the order on the condition that it is still the version on screen. */
async function change(button, body) {
  notice("");
  button.disabled = true;
  try {
    display(await call("PATCH", path, { body, version: order.version }));
    announce(`The order is now ${order.status}.`);
  } catch (error) {
    await explain(error);
  }
  button.disabled = false;
}

async function explain(error) {
  if (sessionEnded(error)) return;
  const stale = error instanceof Refused && error.status === 412;
  if (error.status === 404 || (stale && !error.current)) return show(page, "missing"); // erased meanwhile
  if (stale) {
    display(error.current);
    const last = order.history.at(-1);
    notice(
      `${last.by} changed this order in the meantime; nothing of yours was done. ` +
        `This is how it stands now: ${statusName(order.status)}.`,
    );
  } else {
    if (error.status === 409) await load();
    notice(error.message);
  }
  byId("notice").focus();
}

function move(event) {
  if (event.detail > 1) return; // the second half of a double click would take the step after this one
  change(byId("move"), { status: nextStep[order.status].to });
}

function answer(dialog, wanted) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === wanted), { once: true });
  });
}

async function cancel() {
  if (!(await answer(byId("cancel-dialog"), "cancel"))) return;
  await change(byId("cancel"), { status: "cancelled", note: byId("cancel-note").value.trim() });
}

async function erase() {
  byId("erase-number").textContent = orderNumber(order.orderID);
  if (!(await answer(byId("erase-dialog"), "erase"))) return;
  try {
    await call("DELETE", path, { version: order.version });
    location.replace("/orders.html");
  } catch (error) {
    await explain(error);
  }
}

async function edit() {
  notice("");
  const { editOrder } = await import("../order-edit.js");
  const outcome = await editOrder(order, who);
  if (outcome.order) display(outcome.order);
  if (outcome.notice) notice(outcome.notice, outcome.kind);
  byId("edit").focus();
}

start(async (person) => {
  who = person;
  byId("move").onclick = move;
  byId("cancel").onclick = cancel;
  byId("edit").onclick = edit;
  byId("erase").onclick = erase;
  await load();
  if (order && order.status === "placed" && sessionStorage.getItem(`order-desk:edit:${who.email}:${orderID}`)) edit();
});
