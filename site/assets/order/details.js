// The details of one order on its page.
import { byId, fill, stamp } from "../lib/dom.js";
import { badge, isolated, orderNumber, time } from "../lib/format.js";
import { mailLink, phoneLink } from "../lib/contact-links.js";
import { customerPage, deadLetterPage, link, orderLink, shopOrders } from "../lib/links.js";
import { changeText } from "./change-text.js";
import { channelOf } from "./channel.js";
import { chipsOf } from "./label-chips.js";
import { eventName } from "./event-name.js";
import { lineSlots } from "./line-slots.js";
import { reasonOf } from "./reasons.js";
import { isSlipOutdated, slipsOf } from "./slip.js";
import { showJourney } from "./journey.js";
import { SETTLED } from "./status.js";

export function showOrder(order) {
  const { customer } = order;
  document.title = `Order ${orderNumber(order)} · Order desk`;
  fill(byId("order"), {
    number: orderNumber(order),
    status: badge(order.status),
    settled: order.settledAt && SETTLED,
    replacedBy: order.replacedBy && orderLink(order.replacedBy),
    replaces: order.replaces && orderLink(order.replaces),
    placed: time(order.createdAt),
    slip: slipText(order),
    labels: chipsOf(order),
    submittedBy: order.shopID ? link(shopOrders(order.shopID), order.submittedBy) : order.submittedBy,
    channel: channelOf(order),
    reference: order.reference,
    collection: order.collection && "To be collected",
    notes: order.notes,
    reasons: (order.rejectionReasons ?? []).map((reason) => stamp("reason", reasonOf(order, reason))),
    ...lineSlots(order),
    history: order.history.map(entry).toReversed(),
    "customer-name": customer.name,
    "customer-company": customer.company,
    "customer-email": customer.email && mailLink(customer.email),
    "customer-page": customer.email && link(customerPage(customer.email), "All about this customer"),
    "customer-phone": phoneLink(customer.phone),
    "customer-address": customer.address,
  });
  showJourney(order.status);
}

/** Return when and by whom the latest packing slip was printed, and whether the order changed since then, or nothing. */
function slipText(order) {
  const slips = slipsOf(order);
  const last = slips.at(-1);
  if (!last) return "";
  const printed = slips.length > 1 ? `Slip printed ${slips.length} times, last ` : "Slip printed ";
  const end = isSlipOutdated(order) ? [". ", stamp("slip-outdated")] : [];
  return [printed, time(last.at), ` by ${isolated(last.by)}`, ...end];
}

const entry = ({ at, by, note, changes = [], deadLetter, ...change }) =>
  stamp("history-entry", {
    letter: deadLetter && link(deadLetterPage(deadLetter), "The dead letter"),
    event: eventName(change),
    at: time(at),
    by,
    note,
    changes: changes.map((one) => stamp("history-change", { change: changeText(one) })),
  });

/** Show the form in place of the order and its buttons, or hide the form and show them again. */
export function showEditing(editing) {
  byId("editing").hidden = !editing;
  byId("labels").hidden = editing;
  byId("reading").hidden = editing;
  byId("order-actions").hidden = editing;
  byId("order-bar").hidden = editing;
}
