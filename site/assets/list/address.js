// The address of the list, which contains everything that the list shows: status, search, label, customer, sender, time, sort, page.
import { addDays, dateOf, dayRange, isDate, isMinute } from "../lib/days.js";

const NAMES = [
  "status",
  "settled",
  "q",
  "label",
  "customer",
  "channel",
  "shop",
  "period",
  "from",
  "to",
  "sort",
  "cursor",
];
/** Parameters that select a part of the orders. The API cannot sort such a part by total, and its size is unknown. */
export const PARTLY = ["settled", "q", "label", "customer", "channel", "shop", "period", "from", "to"];
const SEEN_ABOVE = ["q", "label"]; // those of PARTLY that the search field and the title show
const DAYS_BACK = new Map([
  ["today", [0, 0]],
  ["yesterday", [1, 1]],
  ["week", [6, 0]],
  ["month", [29, 0]],
]);
const BY_TOTAL = ["largest", "smallest"];

/** Return the query parameters of the address, which select the orders on screen. */
export const query = () => new URLSearchParams(location.search);

/** Whether the address has a filter that would be seen nowhere if the form of the filter were closed. */
export const needsFilter = () => PARTLY.some((name) => !SEEN_ABOVE.includes(name) && query().has(name));

/** Return the address of this list with changes. The parameters have a fixed order, so that addresses can be compared. */
export function addressWith(changes, params = query()) {
  const found = new URLSearchParams();
  const values = { ...Object.fromEntries(params), ...changes };
  const unsortable = BY_TOTAL.includes(values.sort) && PARTLY.some((name) => values[name]);
  if (unsortable || values.sort === "newest") values.sort = null;
  if (values.status !== "rejected") values.settled = null;
  for (const name of NAMES) if (values[name]) found.set(name, values[name]);
  const search = found.toString();
  return search ? `/orders.html?${search}` : "/orders.html";
}

/**
 * Return the API's query for an address of the list. A day begins and ends in the person's time zone. The address may have
 * minutes of UTC in place of days.
 */
export function apiQuery(path) {
  const params = new URLSearchParams(path.split("?")[1]);
  const between = datesOf(params);
  params.delete("period");
  for (const [name, date] of Object.entries(between)) if (date !== null) params.set(name, date);
  for (const [name, moment] of [
    ["from", firstMoment],
    ["to", lastMoment],
  ]) {
    const date = params.get(name);
    if (isDate(date) || isMinute(date)) params.set(name, moment(date).toISOString()); // the API explains any other text
  }
  return params;
}

/** Return the days or minutes that parameters of the address begin and end with, or null for no bound. */
export function datesOf(params) {
  const [first, last] = DAYS_BACK.get(params.get("period")) ?? [];
  if (first === undefined) return { from: params.get("from"), to: params.get("to") };
  return { from: daysAgo(first), to: daysAgo(last) };
}

const daysAgo = (days) => addDays(dateOf(new Date()), -days);
const MINUTE_MS = 60_000;
const minuteRange = (text) => ({ from: new Date(text), until: new Date(Date.parse(text) + MINUTE_MS) });
const range = (text) => (isMinute(text) ? minuteRange(text) : dayRange(text));
const firstMoment = (text) => range(text).from;

/** Return the last millisecond of a day or minute, because the API includes `to`. A skipped day has only its first one. */
function lastMoment(text) {
  const { from, until } = range(text);
  return new Date(Math.max(from, until - 1));
}
