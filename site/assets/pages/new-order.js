// The page of a new order: written, parked, sent, placed or rejected. After a reload the page continues from the draft.
import { announce, byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { agreedFor } from "../order/agreed-total.js";
import { copyOrder, fillCustomer, showOrigin } from "../order/copied.js";
import { Discarded } from "../order/discarded.js";
import { OrderForm } from "../order/form.js";
import { Parking } from "../order/parking.js";
import { Sending } from "../order/sending.js";
import { maySendParked } from "../order/sent-already.js";
import { begin, maySend } from "../order/succession.js";
import { loadModule } from "../shell/connection.js";
import { start } from "../shell/shell.js";

const params = new URLSearchParams(location.search);
const [origin, customerEmail, parkedID, letterID] = ["from", "customer", "parked", "letter"].map((name) =>
  params.get(name),
);
const form = new OrderForm({ onChange: () => parking.typed(), onSubmit: submit });
// {stage: writing | sending | queued | left, values, document, replaces, links, parked, letter, safe, isUnsafe, mayLeave, keptAt}
let order = { stage: "writing" };
let drafts, discarded, parking;
const page = { order: () => order, form, keep, giveUp, resume, startOver, clear: () => drafts.clear() };
const sending = new Sending(page, { onQueued, onDone: page.clear });

function keep() {
  order.values = form.values();
  order.keptAt = new Date().toISOString();
  order.isUnsafe = parking.isUnsafe;
  drafts.save(order);
}

function giveUp() {
  order.isUnsafe = false;
  drafts.save(order);
}

/** Send the order. It gets its ID only here, so that a copy of this tab sends an order of its own. A parked order and a letter have theirs. */
async function submit() {
  if (order.stage !== "writing") return; // a double click
  order.stage = "sending";
  const shownTotal = form.shownTotal; // before the prices are looked up that are not known
  parking.parked.rest();
  byId("sent-before").hidden = true;
  discarded.hideLeft();
  const unsold = await form.lineCheck.faults();
  const known = order.letter ?? order.parked;
  order.document = { orderID: known?.orderID ?? crypto.randomUUID(), ...form.document() };
  const faults = [...unsold, ...(await form.faults("Order", order.document))];
  if (faults.length) return sending.goOnWriting(faults);
  const agreedTotal = order.letter ? agreedFor(order.letter, order.document, shownTotal) : shownTotal;
  if (agreedTotal !== undefined) order.document.agreedTotal = agreedTotal;
  form.lock(true);
  const isWanted = (await maySendParked(order, parking.who)) && (await maySend(order));
  return isWanted ? sending.deliver() : sending.goOnWriting();
}

function onQueued() {
  discarded.forget();
  parking.finish();
}

function startOver() {
  drafts.clear();
  order = { stage: "left" };
  location.assign("/new-order.html");
}

function discard() {
  parking.finish();
  startOver();
}

function resume(kept) {
  order = kept;
  form.fill(order.values);
  if (order.stage === "sending") return sending.deliver({ again: true });
  if (order.stage === "queued") return sending.follow();
  if (order.keptAt && !order.parked && !order.letter && !form.isBlank) discarded.showLeft(order.keptAt);
  else announce("Your draft is restored.");
  form.focus();
  parking.resumed();
  return maySend(order);
}

/** Return what the local draft is for, beside an order that begins empty. */
const purpose = () =>
  origin ??
  ((customerEmail && `for ${customerEmail}`) ||
    (parkedID && `parked ${parkedID}`) ||
    (letterID && `letter ${letterID}`) ||
    "");

async function mend(kept) {
  const { openLetter } = await loadModule(() => import("../order/mended.js"));
  return openLetter(letterID, page, { kept, onFilled: () => parking.untouched() });
}

function copy(source) {
  const isReady = begin(order, source, keep); // notes first what the copy replaces, which nobody typed
  parking.untouched();
  return isReady;
}

start((who) => {
  drafts = draft("draft", who, purpose());
  parking = new Parking(page, who);
  for (const button of document.querySelectorAll("[data-start-over]")) button.onclick = startOver;
  form.fill({});
  form.lock(false);
  if (origin) showOrigin({ orderID: origin });
  discarded = new Discarded({ who, form, onBack: () => parking.typed(), onDiscard: discard });
  const kept = drafts.load();
  if (letterID) return mend(kept);
  if (kept && (kept.stage !== "writing" || !kept.parked)) return resume(kept);
  if (kept || parkedID) return parking.open(kept?.parked.orderID ?? parkedID, kept);
  if (origin) return copyOrder(origin, form, copy);
  if (customerEmail) return fillCustomer(customerEmail, form, () => parking.untouched());
  return form.focus();
});
