// Today's orders and revenue against the same weekday a week ago, each as a number, a chart and a table.
import { breath } from "../lib/breath.js";
import { byId, fill, stamp } from "../lib/dom.js";
import { CLOSES, dayBefore, hoursOf, OPENS, sameTimeLastWeek, sums } from "./activity.js";
import { dayChart } from "./charts.js";
import { refill } from "./refill.js";
import { clock, compared, hourName, ofOrders, ofRevenue, written } from "./wording.js";

const weekday = written({ weekday: "long" });

/** Show the figures of today, in the person's time zone. `slots` are those of the activity report, `now` is a Date. */
export async function showDay({ slots, currency }, now) {
  const then = sameTimeLastWeek(now);
  const days = { today: hoursOf(slots, now, 0), last: hoursOf(slots, now, 7) };
  const { from, until } = dayBefore(now);
  const soFar = sums(slots, from, until);
  const before = sums(slots, dayBefore(now, 7).from, then);
  const lastDay = `last ${weekday(then)}`;
  const drawn = span(days, now);
  for (const [name, wording] of Object.entries({ orders: ofOrders, revenue: ofRevenue(currency) })) {
    const hours = drawn.map((hour) => ({
      name: `${hourName(hour)}–${hourName(hour + 1)}`,
      tick: hour % 3 === 0 && hourName(hour),
      today: days.today[hour][name],
      last: days.last[hour][name],
      future: hour > now.getHours(),
    }));
    const figure = {
      ...wording,
      hours,
      soFar: soFar[name],
      before: before[name],
      lastDay,
      by: `by ${clock(then)} ${lastDay}`,
    };
    showFigure(byId(`${name}-today`), figure, passed(drawn, now));
    await breath();
  }
}

/** Return the hours that are drawn: from 7 to 19 o'clock, and more if orders came earlier or later. */
function span({ today, last }, now) {
  const busy = [...today.keys()].filter((hour) => today[hour].orders || last[hour].orders);
  const first = Math.min(OPENS, now.getHours(), ...busy);
  const end = Math.max(CLOSES, now.getHours() + 1, ...busy.map((hour) => hour + 1));
  return [...today.keys()].slice(first, end);
}

/** Return the share of the drawn hours that is past: 0 to 1. */
const passed = (hours, now) => (now.getHours() + now.getMinutes() / 60 - hours[0]) / hours.length;

function showFigure(region, figure, now) {
  const { hours, soFar, lastDay, least, format, axis } = figure;
  for (const hour of hours)
    hour.title = `${hour.name}: ${format(hour.today)} today, ${format(hour.last)} ${lastDay}`;
  fill(region, { "so-far": format(soFar), compared: compared(figure), last: lastDay });
  const chart = dayChart({ hours, least, now, label: summary(figure), format: axis });
  refill(region.querySelector(".chart"), [chart]);
  const wholeDay = { name: "Whole day", today: soFar, last: total(hours, "last") };
  refill(
    region.querySelector("tbody"),
    hours.map((hour) => tableRow(hour, format)),
  );
  refill(region.querySelector("tfoot"), [tableRow(wholeDay, format)]);
}

const total = (hours, day) => hours.reduce((sum, hour) => sum + hour[day], 0);

function tableRow({ name, today, last, future }, format) {
  return stamp("hour-row", { name, today: future ? "–" : format(today), last: format(last) });
}

function summary({ title, hours, soFar, lastDay, format }) {
  const today = `Today so far ${format(soFar)}${busiest(hours, "today", format)}.`;
  const last = `${format(total(hours, "last"))} in all${busiest(hours, "last", format)}.`;
  return `${title} by hour. ${today} ${capital(lastDay)} ${last}`;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

function busiest(hours, day, format) {
  const most = hours.reduce((best, hour) => (hour[day] > best[day] ? hour : best));
  return most[day] ? `, most from ${most.name.replace("–", " to ")}: ${format(most[day])}` : "";
}
