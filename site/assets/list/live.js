// Regular updates of the list: new orders are added, and the rows of changed orders show the change in their places.
import { call } from "../lib/api.js";
import { sessionEnded } from "../shell/shell.js";
import { arriveOnTop, checkTop, watchArrivals } from "./arrivals.js";
import { noteRead, showWorkload } from "./head.js";
import { before, isOnTop } from "./places.js";
import { PAGE_SIZE } from "./read.js";
import { boxOf, inOrder, notifyChange, rows, updateRow } from "./rows.js";
import { showUnseen, watchSight } from "./unseen.js";

const VISIBLE_MS = 10_000; // between two checks
const HIDDEN_MS = 60_000; // in a tab in the background
const MAX_WAIT_MS = 300_000; // after errors the wait doubles up to this
const MAX_SINGLE_READS = 5; // of orders that have left the list, in one check

let list, timer;
let over = false;
let failures = 0;

/** Check the list for changes from now on, until the session has ended. */
export function watch(shown) {
  list = shown;
  watchArrivals(list);
  watchSight();
  document.addEventListener("visibilitychange", () => {
    showUnseen();
    scheduleCheck(document.hidden ? undefined : 0);
  });
  addEventListener("pageshow", () => scheduleCheck(0)); // Back to a page that the browser had kept
  addEventListener("connected", () => scheduleCheck((failures = 0)));
  check();
}

function scheduleCheck(
  wait = Math.min((document.hidden ? HIDDEN_MS : VISIBLE_MS) * 2 ** failures, MAX_WAIT_MS),
) {
  clearTimeout(timer);
  if (!over) timer = setTimeout(check, wait);
}

async function check() {
  try {
    if (list.region.ariaBusy !== "true") await Promise.all([checkOrders(), checkCounts()]);
    notifyChange();
    failures = 0;
  } catch (error) {
    if (sessionEnded(error)) over = true;
    // Two errors do not lengthen the wait: another address was visited meanwhile, or the API refuses this address.
    if (error.name !== "AbortError" && error.status !== 400) failures += 1;
  }
  scheduleCheck();
}

async function checkCounts() {
  showWorkload(await call("GET", "/reports/workload"));
}

async function checkOrders() {
  const { search } = location;
  const found = await list.read({ limit: Math.max(PAGE_SIZE, rows.size) });
  if (list.region.dataset.state === "failed") return list.load();
  for (const order of found.orders) updateRow(order);
  await followLeft(found);
  if (list.region.ariaBusy === "true" || location.search !== search) return; // another address was visited
  if (isOnTop()) arriveOnTop(found);
  else await checkTop();
  noteRead();
}

/** Read orders again that have left the list. Their rows stay in their places and show the orders' new states. */
async function followLeft({ orders, nextCursor }) {
  const ids = new Set(orders.map(({ orderID }) => orderID));
  const end = orders.at(-1);
  const left = inOrder().filter(
    ({ order, classList }) =>
      !ids.has(order.orderID) && !classList.contains("gone") && (!nextCursor || before(order, end)),
  );
  for (const row of inOrder()) row.hasLeft = left.includes(row);
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
