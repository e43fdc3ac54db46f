// The calls of the API for the page Today.
import { call } from "../lib/api.js";
import { DAY_MS, DAYS, dayAgo, dayBefore, longOpen } from "./activity.js";

const list = (query) => call("GET", `/orders?${new URLSearchParams(query)}`);

/**
 * Read the figures of today. Resolve to {slots, shops, currency, counts, deadLetters, rejected, latest, open, oldest}. For each
 * status, `open` is how many orders have been open for longer than a day, and `oldest` is a list of the oldest of them.
 */
export async function readDay(now) {
  // Open orders that are in no slot count as old. The counts are therefore read before the slots: an order that arrives in
  // between is in a slot and in no count, and does not look old.
  const workload = call("GET", "/reports/workload");
  const [{ counts, deadLetters }, { slots, shops, currency }, rejected, { orders: latest }] =
    await Promise.all([
      workload,
      workload.then(() => readActivity(now)),
      list({ status: "rejected", settled: "no", from: dayBefore(now, 6).from.toISOString(), limit: 100 }),
      list({ limit: 5 }),
    ]);
  const open = longOpen(slots, counts, now);
  const [placed, packed] = await Promise.all(
    ["placed", "packed"].map((status) => readOldest(status, open, now)),
  );
  if (!placed.length) open.placed = 0; // the list of orders is more exact than the figures
  if (!packed.length) open.packed = 0;
  return { slots, shops, currency, counts, deadLetters, rejected, latest, open, oldest: { placed, packed } };
}

function readActivity(now) {
  const period = {
    from: dayBefore(now, DAYS).from.toISOString(),
    to: new Date(now.getTime() + DAY_MS).toISOString(),
  };
  return call("GET", `/reports/activity?${new URLSearchParams(period)}`);
}

async function readOldest(status, open, now) {
  if (!open[status]) return [];
  const to = new Date(dayAgo(now).getTime() - 1).toISOString();
  return (await list({ status, sort: "oldest", to, limit: 1 })).orders;
}
