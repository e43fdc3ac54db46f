// A new order: written, sent, queued, placed or rejected. The draft knows how far it is, so a reload goes on from there.
import { call } from "../api.js";
import { byId, fill, show, showFailure } from "../dom.js";
import { draft } from "../draft.js";
import { money, orderNumber } from "../format.js";
import { validate } from "../json-schema.js";
import { orderForm } from "../order-form.js";
import { announce, sessionEnded, start } from "../shell.js";
import { decided, send } from "../submission.js";

const progress = byId("progress");
const origin = new URLSearchParams(location.search).get("from");
const form = orderForm({ onChange: keep, onSubmit: submit });
let drafts;
let order = { orderID: crypto.randomUUID(), stage: "writing" };

function keep() {
  order.values = form.values();
  drafts.save(order);
}

async function submit() {
  if (order.stage !== "writing") return; // a double click
  const document = { orderID: order.orderID, ...form.document() };
  order.stage = "sending";
  const faults = await validate("Order", document);
  if (faults.length) {
    order.stage = "writing";
    form.showErrors(faults);
    return;
  }
  order.document = document;
  keep();
  await deliver();
}

/** Sends the very same document until it is known to have arrived, or to have been refused. */
async function deliver() {
  stage("sending");
  try {
    await send(order.document);
  } catch (error) {
    refused(error);
    return;
  }
  await follow();
}

function refused(error) {
  if (error.unknown) {
    fill(progress, { failure: error.message });
    stage("unknown");
    addEventListener("online", resend);
    return;
  }
  order.stage = "writing";
  keep();
  open();
  if (!sessionEnded(error)) form.showErrors(error.fields?.length ? error.fields : [{ path: "", message: error.message }], "The order was not taken");
}

function resend() {
  removeEventListener("online", resend);
  if (progress.dataset.state === "unknown") deliver();
}

async function follow() {
  order.stage = "queued";
  keep();
  stage("queued");
  try {
    const stored = await decided(order.orderID, () => (byId("still-queued").hidden = false));
    conclude(stored);
  } catch (error) {
    if (!sessionEnded(error)) showStopped(error);
  }
}

function showStopped(error) {
  byId("still-queued").hidden = false;
  byId("still-queued").textContent = `${error.message} The order itself is safe in the queue.`;
}

function conclude(stored) {
  fill(progress, { customer: stored.customer.name, total: money(stored.total, stored.currency) });
  for (const link of progress.querySelectorAll("[data-open]")) link.href = `/order.html?id=${stored.orderID}`;
  stage(stored.status === "rejected" ? "rejected" : "placed");
  if (stored.status === "rejected") {
    form.showErrors(stored.rejectionReasons, "The order was rejected");
  } else {
    drafts.clear();
    byId("order-form").hidden = true;
  }
}

/** Shows how far the order is; the form cannot be changed while it is on its way. */
function stage(name) {
  byId("still-queued").hidden = true;
  fill(progress, { number: orderNumber(order.orderID) });
  show(progress, name);
  progress.hidden = false;
  form.clearErrors();
  form.lock(true);
  progress.focus();
}

function open() {
  progress.hidden = true;
  form.lock(false);
}

/** A rejected order stays as it is; its lines go on under a new number. */
function fix() {
  order = { orderID: crypto.randomUUID(), stage: "writing" };
  open();
  keep();
  document.querySelector("[aria-invalid]")?.focus();
}

function discard() {
  drafts.clear();
  location.assign("/new-order.html");
}

async function copy() {
  try {
    const { customer, items, notes, currency, rejectionReasons = [] } = await call("GET", `/orders/${encodeURIComponent(origin)}`);
    form.fill({ customer, notes, items: items.map((item) => ({ ...item, currency })) });
    keep();
    if (rejectionReasons.length) form.showErrors(rejectionReasons, "The order was rejected for these reasons");
  } catch (error) {
    if (!sessionEnded(error)) {
      byId("origin-failed").hidden = false;
      showFailure(byId("origin-failed"), error, () => location.reload());
    }
  }
}

async function resume(kept) {
  order = kept;
  form.fill(order.values);
  if (order.stage === "sending") await deliver();
  else if (order.stage === "queued") await follow();
  else announce("Your draft is restored.");
}

start(async (who) => {
  drafts = draft("draft", who, origin ?? "");
  byId("send-again").onclick = resend;
  byId("fix").onclick = fix;
  byId("discard").onclick = discard;
  for (const button of document.querySelectorAll("[data-start-over]")) button.onclick = discard;
  const kept = drafts.load();
  form.fill({});
  if (kept) await resume(kept);
  else if (origin) await copy();
  else form.focus();
});
