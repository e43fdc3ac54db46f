// The report of the page Sales: three figures, a chart and a table.
import { byId, fill, stamp } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { link } from "../lib/links.js";
import { dayChart } from "../today/charts.js";
import { ofRevenue } from "../today/wording.js";
import { addressOf, datesOf, isRunning } from "./periods.js";
import {
  chargesOf,
  comparedPeriod,
  comparedTime,
  figuresOf,
  longDay,
  rowName,
  tickOf,
  titleOf,
} from "./words.js";

/** Show a report of `reportOn`. */
export function showReport(period, report, currency, now) {
  const by = comparedTime(period, report);
  fill(byId("report"), {
    period: titleOf(period),
    "compared-with": comparedPeriod(period, report, now),
    last: `the ${period.kind} before`,
    kind: `this ${period.kind}`,
    part: period.kind === "day" ? "Hour" : "Day",
    by: partName(period),
  });
  for (const { name, value, compared } of figuresOf(report, by, currency))
    fill(byId(name), { "so-far": value, compared });
  fill(byId("revenue"), { charges: chargesOf(report, currency) });
  byId("empty").hidden = report.total.orders + report.before.orders > 0;
  showTable(period, report, currency);
  byId("chart").replaceChildren(chartOf(period, report, currency, now));
}

const partName = ({ kind }) => (kind === "day" ? "hour" : "day");

function showTable(period, { rows, total, before }, currency) {
  const tableRow = ({ sum, sumBefore }, name, orders) =>
    stamp("sales-row", {
      name,
      orders: orders ?? sum?.orders.toLocaleString() ?? "–",
      revenue: sum ? money(sum.revenue, currency) : "–",
      before: sumBefore ? money(sumBefore.revenue, currency) : "–",
    });
  byId("rows").replaceChildren(
    ...rows.map((row) => tableRow(row, nameCell(period, row), ordersOfDay(period, row))),
  );
  const dates = [period.first, datesOf(period).at(-1)];
  byId("total").replaceChildren(
    tableRow({ sum: total, sumBefore: before }, "Total", ordersLink(total, dates, titleOf(period))),
  );
}

function nameCell(period, row) {
  const name = rowName(period, row);
  return period.kind === "day" ? name : link(dayPage((row.part ?? row.partBefore).date), name);
}

const dayPage = (date) => addressOf({ kind: "day", first: date });

const ordersOfDay = ({ kind }, { sum, part }) =>
  kind === "day" ? undefined : ordersLink(sum, [part?.date, part?.date], part && longDay(part.date));

/** Return a number of orders as a link to the list of the orders from one day to another, or undefined if there are none. */
function ordersLink(sum, [from, to], name) {
  if (!sum?.orders) return undefined;
  const element = link(`/orders.html?${new URLSearchParams({ from, to })}`, sum.orders.toLocaleString());
  element.ariaLabel = `${element.textContent} orders: ${name}`;
  return element;
}

function chartOf(period, { rows, total, before }, currency, now) {
  const { format, axis, least } = ofRevenue(currency);
  const columns = rows.map((row) => {
    const [today, last] = [row.sum?.revenue ?? 0, row.sumBefore?.revenue ?? 0];
    const name = rowName(period, row);
    const title = `${name}: ${format(today)}, ${format(last)} the ${period.kind} before`;
    return { name, tick: tickOf(period, row), today, last, title };
  });
  const label = `Revenue by ${partName(period)}. ${titleOf(period)}: ${format(total.revenue)}. The ${period.kind} before: ${format(before.revenue)}.`;
  const tickAt = period.kind === "day" ? 0 : 0.5;
  return dayChart({ hours: columns, least, now: past(period, rows, now), label, format: axis, tickAt });
}

/** Return the share of the chart's width that is past, or undefined for a period that does not run. */
function past(period, rows, now) {
  if (!isRunning(period, now)) return undefined;
  const at = rows.findLastIndex(({ part }) => part?.from <= now);
  const { from, until } = rows[at].part;
  return (at + Math.min(1, (now - from) / (until - from))) / rows.length;
}
