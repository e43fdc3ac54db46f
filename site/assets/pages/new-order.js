// The page of a new order: written, sent, queued, placed or rejected. After a reload the page continues from the draft.
import { announce, byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { copyOrder, fillCustomer, showOrigin } from "../order/copied.js";
import { Discarded } from "../order/discarded.js";
import { OrderForm } from "../order/form.js";
import { progress } from "../order/progress.js";
import { decided, send } from "../order/submission.js";
import { begin, linkTo, maySend } from "../order/succession.js";
import { sessionEnded, start } from "../shell/shell.js";

const params = new URLSearchParams(location.search);
const [origin, customerEmail] = [params.get("from"), params.get("customer")];
const form = new OrderForm({ onChange: keep, onSubmit: submit });
let order = { stage: "writing" }; // {stage: writing | sending | queued, values, document, replaces, links}
let drafts, discarded;

function keep() {
  order.values = form.values();
  drafts.save(order);
}

/** Send the order. It gets its ID only here, so that a copy of this tab sends an order of its own. */
async function submit() {
  if (order.stage !== "writing") return; // a double click
  order.stage = "sending";
  order.document = { orderID: crypto.randomUUID(), ...form.document() };
  const faults = await form.faults("Order", order.document);
  if (faults.length) return goOnWriting(faults);
  form.lock(true);
  return (await maySend(order)) ? deliver() : goOnWriting();
}

/**
 * Send the same document until the API has accepted or refused it. After the first try, only a fault of the document counts
 * as a refusal: an ended session, for example, does not show whether the first try arrived.
 */
async function deliver({ again = false } = {}) {
  keep();
  form.lock(true);
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
  addEventListener("connected", resend, { once: true });
}

const resend = () => progress.state() === "unknown" && deliver({ again: true });

function refused(error) {
  goOnWriting();
  if (!sessionEnded(error)) form.showRefusal(error, "The order was not taken");
}

async function follow() {
  order.stage = "queued";
  keep();
  discarded.forget();
  form.lock(true);
  progress.queued();
  try {
    conclude(await decided(order.document.orderID, () => progress.remark()));
  } catch (error) {
    if (!sessionEnded(error)) progress.remark(`${error.message} The order itself is safe in the queue.`);
  }
}

function conclude(stored) {
  progress.decided(stored, order.values.items);
  const isRejected = stored.status === "rejected";
  linkTo(stored, order, keep, isRejected ? keep : drafts.clear);
  byId("order-form").hidden = !isRejected;
  if (isRejected) form.markErrors(stored.rejectionReasons);
  // The rejected order does not change. The corrected order is sent with a new ID.
  byId("fix").onclick = () => goOnWriting(stored.rejectionReasons, "What to put right");
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

function resume(kept) {
  order = kept;
  form.fill(order.values);
  if (order.stage === "sending") return deliver({ again: true });
  if (order.stage === "queued") return follow();
  announce("Your draft is restored.");
  return maySend(order);
}

start((who) => {
  drafts = draft("draft", who, origin ?? (customerEmail ? `for ${customerEmail}` : ""));
  byId("send-again").onclick = resend;
  for (const button of document.querySelectorAll("[data-start-over]")) button.onclick = startOver;
  form.fill({});
  form.lock(false);
  if (origin) showOrigin({ orderID: origin });
  discarded = new Discarded({ who, form, onBack: keep, onDiscard: startOver });
  const kept = drafts.load();
  if (kept) return resume(kept);
  if (origin) return copyOrder(origin, form, (source) => begin(order, source, keep));
  return customerEmail ? fillCustomer(customerEmail, form, keep) : form.focus();
});
