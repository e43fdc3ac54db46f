// The day at a glance: orders and revenue by the hour, open orders by age, what needs attention, the latest orders.
import { DAYS, ages, dayStart, hoursOf, longOpen, quarter, sameTimeLastWeek, sums } from "../activity.js";
import { call } from "../api.js";
import { dayChart, stackedBar } from "../charts.js";
import { concerns } from "../concerns.js";
import { byId, fill, show, showFailure, stamp } from "../dom.js";
import { badge, count, fractionDigits, money, orderNumber, time } from "../format.js";
import { announce, sessionEnded, start } from "../shell.js";

const EVERY = 60_000; // ms
const OPENS = 7; // the hours that are always drawn: from 7 to 19 o'clock
const CLOSES = 19;
const DAY = 86_400_000; // ms

const page = byId("today");
const weekday = (date) => new Intl.DateTimeFormat(undefined, { weekday: "long" }).format(date);
const date = (of) => new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" }).format(of);
const clock = (of) => new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(of);
const hourName = (hour) => new Intl.DateTimeFormat(undefined, { hour: "numeric" }).format(new Date(2000, 0, 1, hour));
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
  page.setAttribute("aria-busy", "true");
  return load();
}

async function read(now) {
  const list = (query) => call("GET", `/orders?${new URLSearchParams(query)}`);
  const activity = { from: dayStart(now, DAYS).toISOString(), to: new Date(now.getTime() + DAY).toISOString() };
  const [{ slots, currency }, { counts, deadLetters }, rejected, { orders: latest }] = await Promise.all([
    call("GET", `/reports/activity?${new URLSearchParams(activity)}`),
    call("GET", "/reports/workload"),
    list({ status: "rejected", from: dayStart(now, 6).toISOString(), limit: 100 }),
    list({ limit: 5 }),
  ]);
  const open = longOpen(slots, counts, now);
  const oldest = async (status) => {
    if (!open[status]) return [];
    return (await list({ status, sort: "oldest", to: quarter(now - DAY).toISOString(), limit: 1 })).orders;
  };
  const [placed, packed] = await Promise.all(["placed", "packed"].map(oldest));
  return { slots, currency, counts, deadLetters, rejected, latest, open, oldest: { placed, packed } };
}

function display(found, now) {
  const { slots, counts, currency, latest } = found;
  fill(page, { date: date(now), "as-of": `as of ${clock(now)}` });
  showDay(found, now);
  showAges(ages(slots, counts, now));
  for (const status of ["placed", "packed"]) byId(`all-${status}`).textContent = counts[status].toLocaleString();
  showConcerns(concerns(found));
  put(byId("latest"), latest.map((order) => latestRow(order, currency)));
  byId("no-orders").hidden = latest.length > 0;
}

/** Replaces what an element holds, unless that is the same; the link that has the focus keeps it. */
function put(element, nodes) {
  const fresh = element.cloneNode(false);
  fresh.append(...nodes);
  if (fresh.isEqualNode(element)) return;
  const held = element.contains(document.activeElement) && document.activeElement.getAttribute("href");
  element.replaceChildren(...fresh.childNodes);
  if (held) element.querySelector(`[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

// -- today against the same weekday

function showDay({ slots, currency }, now) {
  const [today, last] = [hoursOf(slots, now, 0), hoursOf(slots, now, 7)];
  const then = sameTimeLastWeek(now);
  const soFar = sums(slots, dayStart(now), dayStart(now, -1));
  const before = sums(slots, dayStart(now, 7), then);
  const drawn = span(today, last, now);
  const day = { now, drawn, lastDay: `last ${weekday(then)}`, by: `by ${clock(then)} last ${weekday(then)}` };
  const amount = (value) => money(value, currency);
  const round = { style: "currency", currency, notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 };
  const unit = 10 ** fractionDigits(currency);
  const rounded = new Intl.NumberFormat(undefined, round);
  const whole = (value) => value.toLocaleString();
  const pick = (name) => ({ today: today.map((hour) => hour[name]), last: last.map((hour) => hour[name]) });
  showFigure("orders", { ...day, ...pick("orders"), soFar: soFar.orders, before: before.orders, many: "many" }, {
    format: whole, axis: whole, least: 4,
  });
  showFigure("revenue", { ...day, ...pick("revenue"), soFar: soFar.revenue, before: before.revenue, many: "much" }, {
    format: amount, axis: (value) => rounded.format(value / unit), least: 100 * unit,
  });
}

/** The first and the last hour that are drawn: the shop's day, wider where orders came earlier or later. */
function span(today, last, now) {
  const busy = [...today.keys()].filter((hour) => today[hour].orders || last[hour].orders);
  return [Math.min(OPENS, now.getHours(), ...busy), Math.max(CLOSES, now.getHours() + 1, ...busy.map((hour) => hour + 1))];
}

function showFigure(name, figure, { format, axis, least }) {
  const { today, last, drawn, now, lastDay } = figure;
  const [first, end] = drawn;
  const hours = [...Array(end - first).keys()].map((at) => at + first).map((hour) => ({
    name: `${hourName(hour)}–${hourName((hour + 1) % 24)}`,
    tick: hour % 3 === 0 && hourName(hour),
    today: today[hour],
    last: last[hour],
    future: hour > now.getHours(),
  }));
  for (const hour of hours) hour.title = `${hour.name}: ${format(hour.today)} today, ${format(hour.last)} ${lastDay}`;
  const past = (now.getHours() + now.getMinutes() / 60 - first) / (end - first);
  const label = `${summary(name, figure, format)}`;
  const region = byId(`${name}-today`);
  fill(region, { "so-far": format(figure.soFar), compared: compared(figure, format), last: lastDay });
  put(region.querySelector(".chart"), [dayChart({ hours, least, now: past, label, format: axis })]);
  put(region.querySelector("tbody"), hours.map((hour) => tableRow("hour-row", hour, format)));
  put(region.querySelector("tfoot"), [tableRow("hour-row", { name: "Whole day", today: figure.soFar, last: total(last) }, format)]);
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);

function tableRow(template, { name, today, last, future }, format) {
  return stamp(template, { name, today: future ? "–" : format(today), last: format(last) });
}

function compared({ soFar, before, by, many }, format) {
  if (!before) return soFar ? `None ${by}` : `None ${by} either`;
  if (soFar === before) return `As ${many} as ${by}`;
  const more = soFar > before ? "more" : many === "many" ? "fewer" : "less";
  return `${format(Math.abs(soFar - before))} ${more} than ${by} (${format(before)})`;
}

function summary(name, { today, last, soFar, lastDay }, format) {
  return `${name === "orders" ? "Orders" : "Revenue"} by hour. Today so far ${format(soFar)}${busiest(today, format)}. ${lastDay[0].toUpperCase()}${lastDay.slice(1)} ${format(total(last))} in all${busiest(last, format)}.`;
}

function busiest(values, format) {
  const most = Math.max(...values);
  const hour = values.indexOf(most);
  return most ? `, most from ${hourName(hour)} to ${hourName((hour + 1) % 24)}: ${format(most)}` : "";
}

// -- open orders by age

function showAges(rows) {
  const most = Math.max(1, ...rows.map(({ placed, packed }) => placed + packed));
  const row = ({ name, placed, packed }) =>
    stamp("age-row", {
      name,
      bar: stackedBar([["placed", placed / most], ["packed", packed / most]]),
      placed: placed.toLocaleString(),
      packed: packed.toLocaleString(),
    });
  put(byId("age-rows"), rows.map(row));
}

// -- what needs attention

function showConcerns(found) {
  put(byId("concerns"), found.map(concern));
  byId("all-clear").hidden = found.length > 0;
  byId("concerns").hidden = found.length === 0;
  const said = found.length ? `${count(found.length, "thing")} need${found.length === 1 ? "s" : ""} attention` : "All clear";
  if (byId("attention-link").textContent !== said) byId("attention-link").textContent = said;
  byId("attention-link").dataset.clear = String(found.length === 0);
}

function concern({ tone, what, why, href, orders = [] }) {
  const item = stamp("concern", { what: href ? link(href, what) : what, why, orders: orders.map(concernedOrder) });
  item.dataset.tone = tone;
  return item;
}

function concernedOrder({ orderID, customer, createdAt }) {
  return stamp("concerned-order", { number: orderLink(orderID), customer: customer?.name, taken: taken(createdAt) });
}

/** When an order was taken; today's need no date. */
function taken(createdAt) {
  const element = time(createdAt);
  if (new Date(createdAt) >= dayStart(new Date())) element.textContent = clock(new Date(createdAt));
  return element;
}

const orderLink = (orderID) => link(`/order.html?id=${encodeURIComponent(orderID)}`, orderNumber(orderID));

function link(href, text) {
  const element = document.createElement("a");
  element.href = href;
  element.textContent = text;
  return element;
}

function latestRow({ orderID, customer, createdAt, status, total: sum }, currency) {
  return stamp("latest-order", {
    number: orderLink(orderID),
    customer: customer?.name,
    taken: taken(createdAt),
    total: status === "rejected" ? "–" : money(sum, currency),
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
