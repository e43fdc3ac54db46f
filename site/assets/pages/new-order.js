// A new order: written, sent, queued, placed or rejected. Its draft knows how far it is: a reload goes on from there.
import { call } from "../lib/api.js";
import { announce, byId, fill, showFailure } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { orderNumber } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { orderForm } from "../order/form.js";
import { progress } from "../order/progress.js";
import { decided, send } from "../order/submission.js";
import { needed } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";

const asked = new URLSearchParams(location.search);
const origin = asked.get("from");
const customerEmail = asked.get("customer");
const form = orderForm({ onChange: keep, onSubmit: submit });
let order = { stage: "writing" }; // {stage: writing | sending | queued, values, document: as it was sent}
let drafts;

function keep() {
  order.values = form.values();
  drafts.save(order);
}

/** Only here is the order given its number, so that a copy of this tab sends an order of its own. */
async function submit() {
  if (order.stage !== "writing") return; // a double click
  order.stage = "sending";
  order.document = { orderID: crypto.randomUUID(), ...form.document() };
  const faults = await form.faults("Order", order.document);
  if (faults.length) return goOnWriting(faults);
  return deliver();
}

/**
 * Sends the very same document until it is known to have arrived, or to have been refused. When it is sent again, only
 * what is wrong with the document itself counts as refused: an ended session says nothing of what was sent before.
 */
async function deliver({ again = false } = {}) {
  keep();
  lock();
  progress.sending();
  try {
    await send(order.document);
  } catch (error) {
    return error.unknown || (again && !error.ofDocument) ? waitForNetwork(error) : refused(error);
  }
  return follow();
}

function waitForNetwork(error) {
  progress.unknown(error);
  sessionEnded(error);
  addEventListener("connected", resend);
}

function resend() {
  removeEventListener("connected", resend);
  if (progress.state() === "unknown") deliver({ again: true });
}

function refused(error) {
  goOnWriting();
  if (!sessionEnded(error))
    form.showErrors(
      error.fields?.length ? error.fields : [{ path: "", message: error.message }],
      "The order was not taken",
    );
}

async function follow() {
  order.stage = "queued";
  keep();
  lock();
  progress.queued(order.document.orderID);
  try {
    conclude(await decided(order.document.orderID, () => progress.remark()));
  } catch (error) {
    if (!sessionEnded(error)) progress.remark(`${error.message} The order itself is safe in the queue.`);
  }
}

function conclude(stored) {
  progress.decided(stored);
  if (stored.status === "rejected") {
    form.markErrors(stored.rejectionReasons);
    byId("fix").onclick = () => fix(stored.rejectionReasons);
  } else {
    drafts.clear();
    byId("order-form").hidden = true;
  }
}

/** A rejected order stays as it is; what was typed goes on under a new number. */
function fix(reasons) {
  goOnWriting(reasons, "What to put right");
}

function lock() {
  form.clearErrors();
  form.lock(true);
}

function goOnWriting(faults, title) {
  order.stage = "writing";
  keep();
  progress.hide();
  form.lock(false);
  if (faults) form.showErrors(faults, title);
}

function startOver() {
  drafts.clear();
  location.assign("/new-order.html");
}

/** Starts from another order: its customer and lines at the prices of now; of a rejected one, its notes and reasons. */
async function copy() {
  form.lock(true);
  try {
    const from = await call("GET", `/orders/${encodeURIComponent(origin)}`);
    const { customer, items, currency, rejectionReasons = [] } = from;
    const notes = from.status === "rejected" ? from.notes : ""; // what was said of another delivery is not said of this
    form.fill({ customer, notes, items: items.map((item) => ({ ...item, currency })) });
    form.lock(false);
    keep();
    const faults = await reprice(items);
    const reasons = rejectionReasons.length ? rejectionReasons : faults;
    if (reasons.length) form.showErrors(reasons, "What to put right");
  } catch (error) {
    if (sessionEnded(error)) return;
    form.lock(false);
    byId("origin-failed").hidden = false;
    showFailure(byId("origin-failed"), error, () => location.reload());
  }
}

/** Gives the copied lines the prices of now. Answers what is wrong with lines that cannot be ordered any more. */
async function reprice(items) {
  const { lookUp } = await needed(() => import("../order/product-lookup.js"));
  const found = new Map();
  await lookUp(new Set(items.map(({ sku }) => sku)), (sku, outcome) => found.set(sku, outcome));
  form.reprice(new Map([...found].map(([sku, { product }]) => [sku, product])));
  const why = ({ unknown, product }) =>
    (unknown && "is not in the catalog") || (product?.active === false && "is no longer sold");
  return items.flatMap(({ sku }, index) => {
    const message = why(found.get(sku));
    return message ? [{ path: `items[${index}].sku`, message }] : [];
  });
}

/** Starts with a known customer's details; where they cannot be read, with the e-mail that the address names. */
async function begin() {
  const unknown = () => ({ email: customerEmail });
  form.lock(true);
  form.fill({
    customer: await call("GET", `/customers/${encodeURIComponent(customerEmail)}`).catch(unknown),
  });
  form.lock(false);
  keep();
  form.focus();
}

function showOrigin() {
  fill(byId("origin"), { number: orderNumber(origin) });
  byId("origin").querySelector("a").href = orderPage(origin);
  byId("origin").hidden = false;
}

function resume(kept) {
  order = kept;
  form.fill(order.values);
  if (order.stage === "sending") return deliver({ again: true });
  if (order.stage === "queued") return follow();
  return announce("Your draft is restored.");
}

start((who) => {
  drafts = draft("draft", who, origin ?? (customerEmail ? `for ${customerEmail}` : ""));
  byId("send-again").onclick = resend;
  byId("discard").onclick = startOver;
  for (const button of document.querySelectorAll("[data-start-over]")) button.onclick = startOver;
  form.fill({});
  form.lock(false);
  if (origin) showOrigin();
  const kept = drafts.load();
  if (kept) return resume(kept);
  if (origin) return copy();
  if (customerEmail) return begin();
  return form.focus();
});
