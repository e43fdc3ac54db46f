// The day at a glance: orders and revenue by the hour, open orders by age, what needs attention, the latest orders.
import { call } from "../lib/api.js";
import { announce, byId, fill, show, showFailure, stamp } from "../lib/dom.js";
import { badge, count, orderTotal, time } from "../lib/format.js";
import { link, orderLink } from "../lib/links.js";
import { sessionEnded, start } from "../shell/shell.js";
import { DAYS, ages, dayStart, longOpen, quarter } from "../today/activity.js";
import { stackedBar } from "../today/charts.js";
import { concerns } from "../today/concerns.js";
import { clock, showDay } from "../today/day-figures.js";
import { refill } from "../today/refill.js";

const EVERY = 60_000; // ms
const DAY = 86_400_000; // ms

const page = byId("today");
const date = (of) =>
  new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" }).format(of);
let seen; // when what is shown was read

async function load() {
  const now = new Date();
  try {
    display(await read(now), now);
    seen = now;
  } catch (error) {
    if (sessionEnded(error)) return;
    if (!seen) return showFailure(page, error, retry);
    fill(page, { "as-of": `as of ${clock(seen)}; it cannot be brought up to date just now` });
  } finally {
    page.setAttribute("aria-busy", "false");
  }
}

function retry() {
  show(page, "shown");
  return load();
}

async function read(now) {
  const list = (query) => call("GET", `/orders?${new URLSearchParams(query)}`);
  const activity = {
    from: dayStart(now, DAYS).toISOString(),
    to: new Date(now.getTime() + DAY).toISOString(),
  };
  // The counts first: an order that comes in between is then known too well, and not taken for an old one.
  const workload = call("GET", "/reports/workload");
  const [{ counts, deadLetters }, { slots, currency }, rejected, { orders: latest }] = await Promise.all([
    workload,
    workload.then(() => call("GET", `/reports/activity?${new URLSearchParams(activity)}`)),
    list({ status: "rejected", from: dayStart(now, 6).toISOString(), limit: 100 }),
    list({ limit: 5 }),
  ]);
  const open = longOpen(slots, counts, now);
  const oldest = async (status) => {
    if (!open[status]) return [];
    return (await list({ status, sort: "oldest", to: quarter(now - DAY).toISOString(), limit: 1 })).orders;
  };
  const [placed, packed] = await Promise.all(["placed", "packed"].map(oldest));
  if (!placed.length) open.placed = 0; // the orders themselves have the last word
  if (!packed.length) open.packed = 0;
  return { slots, currency, counts, deadLetters, rejected, latest, open, oldest: { placed, packed } };
}

function display(found, now) {
  const { slots, counts, currency, latest } = found;
  fill(page, { date: date(now), "as-of": `as of ${clock(now)}` });
  showDay(found, now);
  showAges(ages(slots, counts, now));
  for (const status of ["placed", "packed"])
    byId(`all-${status}`).textContent = counts[status].toLocaleString();
  showConcerns(concerns(found));
  refill(
    byId("latest"),
    latest.map((order) => latestRow(order, currency)),
  );
  byId("no-orders").hidden = latest.length > 0;
}

// -- open orders by age

function showAges(rows) {
  const most = Math.max(1, ...rows.map(({ placed, packed }) => placed + packed));
  const row = ({ name, placed, packed }) =>
    stamp("age-row", {
      name,
      bar: stackedBar([
        ["placed", placed / most],
        ["packed", packed / most],
      ]),
      placed: placed.toLocaleString(),
      packed: packed.toLocaleString(),
    });
  refill(byId("age-rows"), rows.map(row));
}

// -- what needs attention

function showConcerns(found) {
  refill(byId("concerns"), found.map(concern));
  byId("all-clear").hidden = found.length > 0;
  byId("concerns").hidden = found.length === 0;
  const said = found.length
    ? `${count(found.length, "thing")} need${found.length === 1 ? "s" : ""} attention`
    : "All clear";
  if (byId("attention-link").textContent !== said) byId("attention-link").textContent = said;
  byId("attention-link").dataset.clear = String(found.length === 0);
}

function concern({ tone, what, why, href, orders = [] }) {
  const item = stamp("concern", {
    what: href ? link(href, what) : what,
    why,
    orders: orders.map(concernedOrder),
  });
  item.dataset.tone = tone;
  return item;
}

function concernedOrder({ orderID, customer, createdAt }) {
  return stamp("concerned-order", {
    number: orderLink(orderID),
    customer: customer?.name,
    taken: taken(createdAt),
  });
}

/** When an order was taken; today's need no date. */
function taken(createdAt) {
  const element = time(createdAt);
  if (new Date(createdAt) >= dayStart(new Date())) element.textContent = clock(new Date(createdAt));
  return element;
}

function latestRow({ orderID, customer, createdAt, status, total }, currency) {
  return stamp("latest-order", {
    number: orderLink(orderID),
    customer: customer?.name,
    taken: taken(createdAt),
    total: orderTotal({ status, total, currency }),
    status: badge(status),
  });
}

const stale = () => !document.hidden && seen && Date.now() - seen >= EVERY && load();

start(async () => {
  fill(page, { date: date(new Date()) });
  await load();
  if (seen) announce(byId("attention-link").textContent);
  setInterval(stale, EVERY);
  document.addEventListener("visibilitychange", stale);
});
