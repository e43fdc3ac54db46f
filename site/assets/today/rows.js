// The rows of the page Today: the things that need attention, and the latest orders.
import { byId, stamp } from "../lib/dom.js";
import { badge, money, orderTotal, time } from "../lib/format.js";
import { link, orderLink } from "../lib/links.js";
import { dayBefore } from "./activity.js";
import { refill } from "./refill.js";
import { clock } from "./wording.js";

/** Show the things that need attention, [{tone, what, why, href?, key?, orders?}], the first of them also beside the title. */
export function showConcerns(found) {
  refill(byId("concerns"), found.map(concern));
  byId("all-clear").hidden = found.length > 0;
  byId("concerns").hidden = found.length === 0;
  const [first, ...others] = found.map(({ what }) => what);
  const more = others.length ? ", and more" : "";
  const text = first ? first + more : "All clear";
  if (byId("attention-link").textContent !== text) byId("attention-link").textContent = text;
  byId("attention-link").dataset.clear = String(found.length === 0);
}

function concern({ tone, what, why, href, key, orders = [] }) {
  const item = stamp("concern", {
    what: href ? keyed(link(href, what), key) : what,
    why,
    orders: orders.map(concernedOrder),
  });
  item.dataset.tone = tone;
  return item;
}

function keyed(element, key) {
  if (key) element.dataset.key = key;
  return element;
}

function concernedOrder(order) {
  return stamp("concerned-order", {
    number: orderLink(order),
    customer: order.customer?.name,
    taken: taken(order.createdAt),
  });
}

/** Return a <time> element with the time at which an order was taken, without the date if that was today. */
function taken(createdAt) {
  const element = time(createdAt);
  if (new Date(createdAt) >= dayBefore(new Date()).from) element.textContent = clock(new Date(createdAt));
  return element;
}

function latestRow(order, currency) {
  const { customer, createdAt, status, total } = order;
  return stamp("latest-order", {
    number: orderLink(order),
    customer: customer?.name,
    taken: taken(createdAt),
    total: orderTotal({ status, total, currency }),
    status: badge(status),
  });
}

/** Show where today's orders came from, [{name, href, orders, revenue}], if not all of them are staff's. */
export function showSenders(found, currency) {
  refill(
    byId("senders"),
    found.map((sender) => senderRow(sender, currency)),
  );
  byId("senders").closest("section").hidden = found.length === 0;
}

function senderRow({ name, href, orders, revenue }, currency) {
  return stamp("sender-row", {
    name: link(href, name),
    orders: orders.toLocaleString(),
    revenue: money(revenue, currency),
  });
}

/** Show the latest orders. */
export function showLatest(orders, currency) {
  refill(
    byId("latest"),
    orders.map((order) => latestRow(order, currency)),
  );
  byId("no-orders").hidden = orders.length > 0;
}
