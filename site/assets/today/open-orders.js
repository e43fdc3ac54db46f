// The lists with the open orders of an age, and the table whose numbers lead to these lists.
import { dateOf, dayRange, minuteOf } from "../lib/days.js";
import { byId, stamp } from "../lib/dom.js";
import { link } from "../lib/links.js";
import { stackedBar } from "./charts.js";
import { refill } from "./refill.js";

/** Return the list of the orders of a status that were taken at or after `from` and before `until`, the oldest first. */
export function openOrders(status, { from, until }) {
  const query = new URLSearchParams({ status });
  if (from) query.set("from", beginsDay(from) ? dateOf(from) : minuteOf(from));
  if (until) query.set("to", lastBefore(until));
  query.set("sort", "oldest");
  return `/orders.html?${query}`;
}

const beginsDay = (moment) => dayRange(dateOf(moment)).from.getTime() === moment.getTime();

/** Return the last day before a moment that begins a day, or the last minute before another moment. */
function lastBefore(moment) {
  const before = new Date(moment.getTime() - 1);
  return beginsDay(moment) ? dateOf(before) : minuteOf(before);
}

/** Show open orders by age. Each number but 0 is a link to its orders. */
export function showAges(ages) {
  const most = Math.max(1, ...ages.map(({ placed, packed }) => placed + packed));
  refill(
    byId("age-rows"),
    ages.map((age) => ageRow(age, most)),
  );
}

function ageRow(age, most) {
  const { name, placed, packed } = age;
  const bar = stackedBar([
    ["placed", placed / most],
    ["packed", packed / most],
  ]);
  return stamp("age-row", { name, bar, placed: number("placed", age), packed: number("packed", age) });
}

function number(status, age) {
  const text = age[status].toLocaleString();
  if (!age[status]) return text;
  const element = link(openOrders(status, age), text);
  element.dataset.key = `${status} ${age.name}`;
  element.ariaLabel = `${text} ${status}, ${age.name}`;
  return element;
}
