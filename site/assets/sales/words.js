// The words of the page Sales: names of periods and of their parts, and comparisons.
import { money } from "../lib/format.js";
import { dateFormat } from "../lib/once.js";
import { clock, compared, hourName, ofOrders, ofRevenue, written } from "../today/wording.js";
import { averageOf } from "./figures.js";
import { datesOf, isRunning, previous, weekOf } from "./periods.js";

const noon = (date) => new Date(`${date}T12:00Z`); // of a date in UTC, where every day has a noon
const inUTC = (options) => dateFormat({ ...options, timeZone: "UTC" });
const wholeDate = { day: "numeric", month: "long", year: "numeric" };
const wholeDates = inUTC(wholeDate);
function write(options) {
  const format = inUTC(options);
  return (date) => format().format(noon(date));
}

/** Return the name of a day in a table, such as "Mon 23 Nov". */
export const shortDay = write({ weekday: "short", day: "numeric", month: "short" });
/** Return the name of a day, such as "Monday 23 November 2026". */
export const longDay = write({ weekday: "long", ...wholeDate });

const TITLES = {
  day: ({ first }) => longDay(first),
  week: (period) => `Week ${weekOf(period.first)}: ${weekRange(period)}`,
  month: ({ first }) => write({ month: "long", year: "numeric" })(first),
};
const weekRange = (period) => wholeDates().formatRange(noon(period.first), noon(datesOf(period).at(-1)));

/** Return the name of a period, such as "November 2026". */
export const titleOf = (period) => TITLES[period.kind](period);

/** Return the name of a row of the table. */
export const rowName = ({ kind }, { place, part, partBefore }) =>
  kind === "day" ? `${hourName(place)}–${hourName(place + 1)}` : shortDay((part ?? partBefore).date);

const TICKS = {
  day: ({ place }) => place % 3 === 0 && hourName(place),
  week: ({ part }) => write({ weekday: "short" })(part.date),
  month: ({ place }) => place % 5 === 0 && String(place + 1),
};

/** Return the text below a column of the chart, or false. */
export const tickOf = ({ kind }, row) => TICKS[kind](row);

const weekday = written({ weekday: "long" }); // of a moment in the person's time zone
const dayAndMonth = written({ day: "numeric", month: "long" });
const PLACES = {
  day: () => "the day before",
  week: (until) => `on ${weekday(until)} of the week before`,
  month: (until) => `on ${dayAndMonth(until)}`,
};
const ENDS = {
  day: clock,
  week: (until) => `${weekday(until)}, ${clock(until)}`,
  month: (until) => `${dayAndMonth(until)}, ${clock(until)}`,
};

/** Return the time that the figures are compared with, such as "the week before" or "by 14:15 the day before". */
export const comparedTime = ({ kind }, { until }) =>
  until ? `by ${clock(until)} ${PLACES[kind](until)}` : `the ${kind} before`;

/** Return the sentence that names the period that the figures are compared with. */
export function comparedPeriod(period, { until }, now) {
  const before = titleOf(previous(period));
  if (!isRunning(period, now)) return `Compared with all of ${before}.`;
  const part = until ? `${before} until ${ENDS[period.kind](until)}` : `all of ${before}, which was shorter`;
  return `This ${period.kind} is still running, as of ${clock(now)}. Compared with ${part}.`;
}

/** Return the words for the part of the revenue that is charges, or an empty text if it is zero. */
export const chargesOf = ({ total: { charges } }, currency) =>
  charges ? `of which delivery, discounts and others ${money(charges, currency)}` : "";

/** Return revenue, orders and the average order with their words: [{name, value, compared}]. */
export function figuresOf({ total, compared: before }, by, currency) {
  const format = (value) => money(value, currency);
  const figure = (name, wording, soFar, earlier) => ({
    name,
    value: wording.format(soFar),
    compared: withPercent({ ...wording, soFar, before: earlier, by }),
  });
  return [
    figure("revenue", ofRevenue(currency), total.revenue, before.revenue),
    figure("orders", ofOrders, total.orders, before.orders),
    averageFigure(averageOf(total), averageOf(before)),
  ];

  function averageFigure(average, earlier) {
    if (average !== undefined && earlier !== undefined)
      return figure("average", ofRevenue(currency), average, earlier);
    const value = average === undefined ? "–" : format(average);
    return {
      name: "average",
      value,
      compared: earlier === undefined ? `No orders ${by}` : `${format(earlier)} ${by}`,
    };
  }
}

/** Return the words of a comparison, such as "2 more than the day before (3), up 66.7%". */
export function withPercent(figure) {
  const { soFar, before } = figure;
  if (!before || soFar === before) return compared(figure);
  const share = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
  const change = share.format(Math.abs(soFar - before) / before);
  return `${compared(figure)}, ${soFar > before ? "up" : "down"} ${change}`;
}
