// What the quarter hours of the activity report come to in the person's own hours and days.
const QUARTER = 900_000; // ms
const HOUR = 3_600_000; // ms
const DAY = 24 * HOUR;

/** How far back the report is asked for: the open orders of a week, and the same weekday a week ago. */
export const DAYS = 7;

/** The first moment of the local day that many days before `now`. */
export const dayStart = (now, daysBack = 0) =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack);

/** The quarter hour that a moment is in, as the moment at which it began. */
export const quarter = (moment) => new Date(Math.floor(moment / QUARTER) * QUARTER);

/** The local day so many days back by the hours of the clock: 24 of {orders, revenue}. */
export function hoursOf(slots, now, daysBack) {
  const hours = Array.from({ length: 24 }, () => ({ orders: 0, revenue: 0 }));
  for (const { at, orders, revenue } of within(slots, dayStart(now, daysBack), dayStart(now, daysBack - 1))) {
    const hour = hours[new Date(at).getHours()];
    hour.orders += orders;
    hour.revenue += revenue;
  }
  return hours;
}

/** What came in from one moment to before another: {orders, revenue, placed, packed}. */
export function sums(slots, from, until) {
  const figures = { orders: 0, revenue: 0, placed: 0, packed: 0 };
  for (const slot of within(slots, from, until)) for (const name in figures) figures[name] += slot[name];
  return figures;
}

function within(slots, from, until) {
  return slots.filter(({ at }) => new Date(at) >= from && new Date(at) < until);
}

/** The moment a week ago at which the clock showed what it shows now, to the quarter hour before. */
export function sameTimeLastWeek(now) {
  const then = dayStart(now, 7);
  then.setHours(now.getHours(), Math.floor(now.getMinutes() / 15) * 15);
  return then;
}

/** Open orders by their age, the youngest first: [{name, placed, packed}]. What is left over of the counts is older. */
export function ages(slots, counts, now) {
  const edges = [
    ["Under 4 hours", quarter(now - 4 * HOUR)],
    ["Earlier today", dayStart(now)],
    ["Yesterday", dayStart(now, 1)],
    ["2–7 days ago", dayStart(now, DAYS)],
  ];
  let until = new Date(now.getTime() + DAY); // the server's clock may be ahead
  const known = edges.map(([name, from]) => {
    const { placed, packed } = sums(slots, from, until);
    until = from < until ? from : until;
    return { name, placed, packed };
  });
  return [...known, { name: "Older", ...leftOver(counts, known) }];
}

/** How many orders have been open for longer than a day: {placed, packed}. */
export function longOpen(slots, counts, now) {
  return leftOver(counts, [sums(slots, quarter(now - DAY), new Date(now.getTime() + DAY))]);
}

// The counts are read before the quarters: an order may have come in, or moved on, in between.
function leftOver(counts, known) {
  const rest = (status) => known.reduce((left, figures) => left - figures[status], counts[status]);
  return { placed: Math.max(0, rest("placed")), packed: Math.max(0, rest("packed")) };
}
