// Sums of the activity report by the hours and days of the person's time zone. The report has a slot for each quarter hour.
import { addDays, dateOf, dayRange } from "../lib/days.js";

export const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

// The hours that are always drawn: from 7 to 19 o'clock.
export const OPENS = 7;
export const CLOSES = 19;

/** How many days before today the report begins, so that it has the open orders of a week and the same weekday last week. */
export const DAYS = 7;

/** Return the first moment of the local day `daysBack` days before `now`, and of the day after it: {from, until}. */
export const dayBefore = (now, daysBack = 0) => dayRange(addDays(dateOf(now), -daysBack));

/** Return the beginning of the quarter hour that contains a moment. */
export const quarter = (moment) => new Date(Math.floor(moment / QUARTER_MS) * QUARTER_MS);

/**
 * Return {orders, revenue} for each of the 24 hours of the clock, on the local day `daysBack` days before `now`. An hour that
 * the clock shows twice is one hour here, and a skipped hour has no orders.
 */
export function hoursOf(slots, now, daysBack) {
  const hours = Array.from({ length: 24 }, () => ({ orders: 0, revenue: 0 }));
  const { from, until } = dayBefore(now, daysBack);
  for (const { at, orders, revenue } of within(slots, from, until)) {
    const hour = hours[new Date(at).getHours()];
    hour.orders += orders;
    hour.revenue += revenue;
  }
  return hours;
}

/** Return the sums {orders, revenue, placed, packed} of the slots that begin at or after `from` and before `until`. */
export function sums(slots, from, until) {
  const figures = { orders: 0, revenue: 0, placed: 0, packed: 0 };
  for (const slot of within(slots, from, until)) for (const name in figures) figures[name] += slot[name];
  return figures;
}

function within(slots, from, until) {
  return slots.filter(({ at }) => new Date(at) >= from && new Date(at) < until);
}

/**
 * Return the first quarter of an hour, on a date, at which the clock shows the time of `now` rounded down, or a later time if
 * the clock skipped that time.
 */
export function sameTimeOn(date, now) {
  const wanted = minutes(quarter(now));
  const { from, until } = dayRange(date);
  let then = from.getTime();
  while (then < until && minutes(new Date(then)) < wanted) then += QUARTER_MS;
  return new Date(then);
}

/** Return the same for the same weekday last week. */
export const sameTimeLastWeek = (now) => sameTimeOn(addDays(dateOf(now), -7), now);

const minutes = (moment) => moment.getHours() * 60 + moment.getMinutes();

/**
 * Return open orders by age, the youngest first: [{name, placed, packed, from?, until?}]. They were taken at or after `from`
 * and before `until`. Open orders that are in no slot are "Older".
 */
export function ages(slots, counts, now) {
  const edges = [
    ["Under 4 hours", quarter(now - 4 * HOUR_MS)],
    ["Earlier today", dayBefore(now).from],
    ["Yesterday", dayBefore(now, 1).from],
    ["2–7 days ago", dayBefore(now, DAYS).from],
  ];
  let until = new Date(now.getTime() + DAY_MS); // the server's clock may be ahead
  const known = edges.map(([name, from]) => {
    const { placed, packed } = sums(slots, from, until);
    const age = { name, placed, packed, from, until };
    until = from < until ? from : until;
    return age;
  });
  delete known[0].until; // a new order belongs to the youngest
  return [...known, { name: "Older", ...leftOver(counts, known), until }];
}

/** Return the moment before which an order was taken that has been open for longer than a day. */
export const dayAgo = (now) => quarter(now - DAY_MS);

/** Return how many orders have been open for longer than a day: {placed, packed}. */
export function longOpen(slots, counts, now) {
  return leftOver(counts, [sums(slots, dayAgo(now), new Date(now.getTime() + DAY_MS))]);
}

// Without Math.max a number could be below 0: an order may arrive or move after the counts and before the slots are read.
function leftOver(counts, known) {
  const rest = (status) => known.reduce((left, figures) => left - figures[status], counts[status]);
  return { placed: Math.max(0, rest("placed")), packed: Math.max(0, rest("packed")) };
}
