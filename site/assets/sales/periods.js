// The days, weeks and months of the page Sales, in the person's time zone. A period is {kind, first}: "day", "week" or
// "month", and the date of its first day. A week begins on Monday and has its number of ISO 8601.
import { addDays, dateOf, dayRange, isDate } from "../lib/days.js";
import { QUARTER_MS, sameTimeOn } from "../today/activity.js";

export const KINDS = ["day", "week", "month"];

// Long ago, the offsets of time zones were no quarters of an hour. The first week of 2000 begins in 1999.
const isKnown = (date) => isDate(date) && /^(1999|20)/.test(date);
const utc = (date) => new Date(`${date}T00:00Z`);

const FIRST_OF = {
  day: (date) => date,
  week: (date) => addDays(date, -((utc(date).getUTCDay() + 6) % 7)),
  month: (date) => `${date.slice(0, 7)}-01`,
};
const LENGTH = { day: 1, week: 7, month: 31 }; // days after which the next period has begun

/** Return the period of a kind that contains a day. */
export const periodWith = (kind, date) => ({ kind, first: FIRST_OF[kind](date) });
export const next = ({ kind, first }) => periodWith(kind, addDays(first, LENGTH[kind]));
export const previous = ({ kind, first }) => periodWith(kind, addDays(first, -1));

/** Return the first moment of a period, and the first moment after it: {from, until}. */
export const range = (period) => ({
  from: dayRange(period.first).from,
  until: dayRange(next(period).first).from,
});

/** Return the dates of a period. */
export function datesOf(period) {
  const dates = [];
  for (let date = period.first; date < next(period).first; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/** Return the period as the address names it: 2026-11-28, 2026-W48 or 2026-11. */
export function nameOf({ kind, first }) {
  if (kind === "day") return first;
  return kind === "month" ? first.slice(0, 7) : `${yearOf(first)}-W${String(weekOf(first)).padStart(2, "0")}`;
}

// The year and the number of a week are those of its Thursday.
const yearOf = (monday) => addDays(monday, 3).slice(0, 4);

/** Return the number of the week that begins on a Monday. */
export function weekOf(monday) {
  const days = Math.round((utc(addDays(monday, 3)) - utc(`${yearOf(monday)}-01-01`)) / utc("1970-01-02"));
  return Math.floor(days / 7) + 1;
}

export const addressOf = (period) => `/sales.html?${period.kind}=${nameOf(period)}`;

/** Return the period that the query of an address names, or today. */
export function periodOf(search, now) {
  const params = new URLSearchParams(search);
  for (const kind of KINDS) {
    const date = firstDay(kind, params.get(kind) ?? "");
    if (isKnown(date) && nameOf(periodWith(kind, date)) === params.get(kind)) return periodWith(kind, date);
  }
  return periodWith("day", dateOf(now));
}

function firstDay(kind, name) {
  if (kind === "day") return name;
  if (kind === "month") return `${name}-01`;
  const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(name) ?? [];
  return year ? addDays(FIRST_OF.week(`${year}-01-04`), (week - 1) * 7) : ""; // 4 January is in week 1
}

/** Return the period of another kind to change to: the one with today if today is shown, else the one with the first day. */
export function sameDayIn(kind, period, now) {
  const today = dateOf(now);
  return periodWith(kind, datesOf(period).includes(today) ? today : period.first);
}

/**
 * Return the parts of a period, [{place, date, from, until}]. The parts of a day are the hours of the clock, so two parts have
 * the same `place` if the clock shows an hour twice. The other parts are days, and their `place` is counted from 0.
 */
export function partsOf(period) {
  if (period.kind === "day") return hoursOf(period.first);
  return datesOf(period).map((date, place) => ({ place, date, ...dayRange(date) }));
}

function hoursOf(date) {
  const { from, until } = dayRange(date);
  const parts = [];
  for (let at = from.getTime(); at < until; at += QUARTER_MS) {
    const moment = new Date(at);
    if (moment.getHours() !== parts.at(-1)?.place)
      parts.push({ place: moment.getHours(), date, from: moment });
  }
  return parts.map((part, index) => ({ ...part, until: parts[index + 1]?.from ?? until }));
}

export const isRunning = (period, now) => range(period).from <= now && now < range(period).until;

/**
 * Return the end of the part of the period before that is compared with a running period: the same time of the clock on the same
 * day of the month, on the same weekday, or on the day before. If the month before has no such day, it is the end of the month.
 */
export function sameTimeBefore(period, now) {
  const same = datesOf(previous(period))[datesOf(period).indexOf(dateOf(now))];
  return same ? sameTimeOn(same, now) : range(period).from;
}

/** Return the ascending moments between which a report on a period needs figures, the period before included. */
export function edgesOf(period, now) {
  const parts = [...partsOf(previous(period)), ...partsOf(period)];
  const edges = [...parts.map(({ from }) => from), range(period).until];
  if (isRunning(period, now)) edges.push(sameTimeBefore(period, now));
  return [...new Set(edges.map(Number))].toSorted((one, other) => one - other).map((at) => new Date(at));
}
