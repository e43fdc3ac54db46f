// The orders of connected shops: how many there are, the latest one, and those that failed last.
import { call } from "../lib/api.js";
import { dateOf, dayRange } from "../lib/days.js";
import { byId, fill } from "../lib/dom.js";
import { time, whole } from "../lib/format.js";
import { deadLetterPage, link, orderLink, shopOrders } from "../lib/links.js";
import { lastFailures, todayOf } from "./sums.js";

const LETTERS = 100; // the latest dead letters, among which those of a shop are looked for
const FAILURES = 3;

let today = null;

/** Read how many orders each shop sent today. Without an answer, "–" is shown. */
export async function readToday() {
  const { from } = dayRange(dateOf(new Date()));
  const period = new URLSearchParams({ from: from.toISOString(), to: new Date().toISOString() });
  today = await call("GET", `/reports/activity?${period}`).then(todayOf, () => null);
}

/** Return how many orders a shop sent today. */
export const ordersToday = ({ id }) => (today ? whole(today[id] ?? 0) : "–");

/** Show the orders of a shop in its dialog: their numbers, the latest one, and the latest that failed. */
export async function showOrders(dialog, shop) {
  const last = byId("shop-last");
  fill(dialog, { orders: `${ordersToday(shop)} today`, last: "…", failed: "" });
  byId("shop-orders").href = shopOrders(shop.id);
  last.dataset.shop = shop.id;
  const found = await readOrders(shop.id).catch(() => null);
  if (last.dataset.shop !== shop.id) return; // another one was opened meanwhile
  if (!found) return void fill(dialog, { last: "–" });
  const { inAll, order, failed } = found;
  fill(dialog, {
    orders: `${ordersToday(shop)} today, ${whole(inAll)} in all`,
    last: order ? [orderLink(order), " ", time(order.createdAt)] : "None yet",
    failed: failed.map(failure),
  });
}

async function readOrders(shop) {
  const list = (query) => call("GET", `/orders?${new URLSearchParams({ shop, ...query })}`);
  const [{ senders }, { orders: latest }, { orders: rejected }, { deadLetters }] = await Promise.all([
    call("GET", "/reports/workload"),
    list({ limit: 1 }),
    list({ status: "rejected", settled: "no", limit: FAILURES }),
    call("GET", `/dead-letters?source=orders&state=open&limit=${LETTERS}`),
  ]);
  const failed = lastFailures(shop, rejected, deadLetters, FAILURES);
  return { inAll: senders[shop] ?? 0, order: latest[0], failed };
}

function failure({ at, order, letter }) {
  const item = document.createElement("li");
  if (order) item.append("Rejected: ", orderLink(order), " ", time(at));
  else item.append(link(deadLetterPage(letter.id), "Not processed"), " ", time(at), `: ${letter.reason}`);
  return item;
}
