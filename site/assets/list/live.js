// Keeps the list up to date: new orders come in, changed ones change where they stand, left ones show what became of them.
import { call } from "../lib/api.js";
import { sessionEnded } from "../shell/shell.js";
import { arriveOnTop, lookAtTop, watchArrivals } from "./arrivals.js";
import { showCounts } from "./head.js";
import { before, isOnTop } from "./places.js";
import { PAGE_SIZE } from "./read.js";
import { boxOf, changed, inOrder, rows, updateRow } from "./rows.js";
import { showUnseen, watchSight } from "./unseen.js";

const VISIBLE_MS = 10_000; // between two looks
const HIDDEN_MS = 60_000; // in a tab in the background
const MAX_WAIT_MS = 300_000; // after errors the wait doubles up to this
const MAX_SINGLE_READS = 5; // of orders that have left the list, in one look

let list, timer;
let over = false;
let failures = 0;

/** Looks from now on, until the session has ended. */
export function watch(shown) {
  list = shown;
  watchArrivals(list);
  watchSight();
  document.addEventListener("visibilitychange", () => {
    showUnseen();
    later(document.hidden ? undefined : 0);
  });
  addEventListener("pageshow", () => later(0)); // "back" to a page that the browser had kept
  addEventListener("connected", () => later((failures = 0)));
  look();
}

function later(wait = Math.min((document.hidden ? HIDDEN_MS : VISIBLE_MS) * 2 ** failures, MAX_WAIT_MS)) {
  clearTimeout(timer);
  if (!over) timer = setTimeout(look, wait);
}

async function look() {
  try {
    if (list.region.ariaBusy !== "true") await Promise.all([lookAtOrders(), lookAtCounts()]);
    failures = 0;
  } catch (error) {
    if (sessionEnded(error)) over = true;
    // No reason to wait longer: another address was visited meanwhile, or the API refuses this one.
    if (error.name !== "AbortError" && error.status !== 400) failures += 1;
  }
  later();
}

async function lookAtCounts() {
  showCounts((await call("GET", "/reports/workload")).counts);
}

async function lookAtOrders() {
  const { search } = location;
  const found = await list.read({ limit: Math.max(PAGE_SIZE, rows.size) });
  if (list.region.dataset.state === "failed") return list.load();
  for (const order of found.orders) updateRow(order);
  await followLeft(found);
  if (list.region.ariaBusy === "true" || location.search !== search) return; // another address was visited
  if (isOnTop()) arriveOnTop(found.orders);
  else await lookAtTop();
  changed();
}

/** Rows of orders that the list no longer has stay where they are, and show what became of the orders. */
async function followLeft({ orders, nextCursor }) {
  const ids = new Set(orders.map(({ orderID }) => orderID));
  const end = orders.at(-1);
  const left = inOrder().filter(
    ({ order, classList }) =>
      !ids.has(order.orderID) && !classList.contains("gone") && (!nextCursor || before(order, end)),
  );
  left.sort((one, other) => (one.readAt ?? 0) - (other.readAt ?? 0));
  await Promise.all(left.slice(0, MAX_SINGLE_READS).map(readAgain));
}

async function readAgain(row) {
  row.readAt = Date.now();
  try {
    updateRow(await call("GET", `/orders/${encodeURIComponent(row.order.orderID)}`));
  } catch (error) {
    if (error.status !== 404) throw error;
    row.classList.add("gone"); // erased
    row.lastElementChild.textContent = "Erased";
    Object.assign(boxOf(row), { checked: false, disabled: true });
  }
}
