// Sums of the activity report's quarter hours by the person's own hours and days.
const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The days that the report goes back: a week of open orders, and the same weekday a week ago. */
export const DAYS = 7;

/** The first moment of the local day `daysBack` days before `now`. */
export const dayStart = (now, daysBack = 0) =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack);

/** The beginning of the quarter hour that contains a moment. */
export const quarter = (moment) => new Date(Math.floor(moment / QUARTER_MS) * QUARTER_MS);

/** The hours of the local day `daysBack` days before `now`: 24 of {orders, revenue}. */
export function hoursOf(slots, now, daysBack) {
  const hours = Array.from({ length: 24 }, () => ({ orders: 0, revenue: 0 }));
  for (const { at, orders, revenue } of within(slots, dayStart(now, daysBack), dayStart(now, daysBack - 1))) {
    const hour = hours[new Date(at).getHours()];
    hour.orders += orders;
    hour.revenue += revenue;
  }
  return hours;
}

/** The sums from one moment to before another: {orders, revenue, placed, packed}. */
export function sums(slots, from, until) {
  const figures = { orders: 0, revenue: 0, placed: 0, packed: 0 };
  for (const slot of within(slots, from, until)) for (const name in figures) figures[name] += slot[name];
  return figures;
}

function within(slots, from, until) {
  return slots.filter(({ at }) => new Date(at) >= from && new Date(at) < until);
}

/** The same time of day a week ago, rounded down to the quarter hour. */
export function sameTimeLastWeek(now) {
  const then = dayStart(now, 7);
  then.setHours(now.getHours(), Math.floor(now.getMinutes() / 15) * 15);
  return then;
}

/** Open orders by their age, the youngest first: [{name, placed, packed}]. Open orders in none of the quarters are older. */
export function ages(slots, counts, now) {
  const edges = [
    ["Under 4 hours", quarter(now - 4 * HOUR_MS)],
    ["Earlier today", dayStart(now)],
    ["Yesterday", dayStart(now, 1)],
    ["2–7 days ago", dayStart(now, DAYS)],
  ];
  let until = new Date(now.getTime() + DAY_MS); // the server's clock may be ahead
  const known = edges.map(([name, from]) => {
    const { placed, packed } = sums(slots, from, until);
    until = from < until ? from : until;
    return { name, placed, packed };
  });
  return [...known, { name: "Older", ...leftOver(counts, known) }];
}

/** How many orders have been open for longer than a day: {placed, packed}. */
export function longOpen(slots, counts, now) {
  return leftOver(counts, [sums(slots, quarter(now - DAY_MS), new Date(now.getTime() + DAY_MS))]);
}

// The counts are read before the quarters, so an order may have arrived or moved in between.
function leftOver(counts, known) {
  const rest = (status) => known.reduce((left, figures) => left - figures[status], counts[status]);
  return { placed: Math.max(0, rest("placed")), packed: Math.max(0, rest("packed")) };
}
