// Reads what the page Today shows.
import { call } from "../lib/api.js";
import { DAYS, dayStart, longOpen, quarter } from "./activity.js";

const DAY_MS = 86_400_000;
const list = (query) => call("GET", `/orders?${new URLSearchParams(query)}`);

/**
 * Reads the day so far. Resolves to {slots, currency, counts, deadLetters, rejected, latest, open, oldest}: `open` is how
 * many orders of a status are open for longer than a day, `oldest` the oldest of them.
 */
export async function readDay(now) {
  // The counts come first: an order that arrives in between is then counted too often, and not taken for an old one.
  const workload = call("GET", "/reports/workload");
  const [{ counts, deadLetters }, { slots, currency }, rejected, { orders: latest }] = await Promise.all([
    workload,
    workload.then(() => readActivity(now)),
    list({ status: "rejected", from: dayStart(now, 6).toISOString(), limit: 100 }),
    list({ limit: 5 }),
  ]);
  const open = longOpen(slots, counts, now);
  const [placed, packed] = await Promise.all(
    ["placed", "packed"].map((status) => readOldest(status, open, now)),
  );
  if (!placed.length) open.placed = 0; // the orders themselves are more exact than the figures
  if (!packed.length) open.packed = 0;
  return { slots, currency, counts, deadLetters, rejected, latest, open, oldest: { placed, packed } };
}

function readActivity(now) {
  const period = {
    from: dayStart(now, DAYS).toISOString(),
    to: new Date(now.getTime() + DAY_MS).toISOString(),
  };
  return call("GET", `/reports/activity?${new URLSearchParams(period)}`);
}

async function readOldest(status, open, now) {
  if (!open[status]) return [];
  const to = quarter(now - DAY_MS).toISOString();
  return (await list({ status, sort: "oldest", to, limit: 1 })).orders;
}
