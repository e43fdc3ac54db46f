// The figures of a period beside those of the period before, from the intervals that the API reports.
import { CLOSES, OPENS } from "../today/activity.js";
import { isRunning, partsOf, previous, range, sameTimeBefore } from "./periods.js";

/** Return the sums {orders, revenue, charges} of the intervals from one moment until another. */
export function sumBetween(sales, from, until) {
  let sum = { orders: 0, revenue: 0, charges: 0 };
  for (const one of sales) {
    if (new Date(one.from) < from || new Date(one.until) > until) continue;
    sum = added(sum, one);
  }
  return sum;
}

/**
 * Return the report on a period: {rows, total, before, compared, until}. `before` has the sums of the whole period before, and
 * `compared` those of its part until the moment `until`, which is missing if all of it is compared. The rows are
 * [{place, part, partBefore, sum, sumBefore}]: a part of either period with its sums. A period does not have each part, and a
 * part that is still to come has no sums.
 */
export function reportOn(period, sales, now) {
  const before = previous(period);
  const until = isRunning(period, now) ? sameTimeBefore(period, now) : undefined;
  const [shown, earlier] = [range(period), range(before)];
  return {
    rows: rowsOf(period, before, sales, now),
    total: sumBetween(sales, shown.from, shown.until),
    before: sumBetween(sales, earlier.from, earlier.until),
    compared: sumBetween(sales, earlier.from, until ?? earlier.until),
    until: until < earlier.until ? until : undefined,
  };
}

function rowsOf(period, before, sales, now) {
  const rows = [];
  for (const [shown, suffix] of [
    [period, ""],
    [before, "Before"],
  ])
    for (const { place, ...part } of partsOf(shown)) {
      const row = (rows[place] ??= { place });
      row[`part${suffix}`] ??= part;
      const sum = sumBetween(sales, part.from, part.until);
      const isKnown = part.from <= now || sum.orders; // this computer's clock may be slow
      if (isKnown) row[`sum${suffix}`] = added(row[`sum${suffix}`], sum);
    }
  const found = rows.filter(Boolean); // a clock that was set forward skips an hour
  return period.kind === "day" ? found.filter(inBusyHours(found, now, period)) : found;
}

const added = (sum = { orders: 0, revenue: 0, charges: 0 }, more) => ({
  orders: sum.orders + more.orders,
  revenue: sum.revenue + more.revenue,
  charges: sum.charges + more.charges,
});

/** Return whether to show an hour: those from 7 to 19 o'clock, and more if orders came earlier or later. */
function inBusyHours(rows, now, period) {
  const busy = rows.filter((row) => row.sum?.orders || row.sumBefore?.orders).map(({ place }) => place);
  const present = isRunning(period, now) ? [now.getHours()] : [];
  const first = Math.min(OPENS, ...present, ...busy);
  const last = Math.max(CLOSES - 1, ...present, ...busy);
  return ({ place }) => place >= first && place <= last;
}

/** Return the revenue of an order on average, in minor units, or undefined without orders. */
export const averageOf = ({ orders, revenue }) => (orders ? Math.round(revenue / orders) : undefined);
