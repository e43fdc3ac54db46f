// New orders show up by themselves, changed ones change where they stand. Nothing moves under the hand: while the
// pointer, the focus or a selection is in the list, or its top is out of sight, a bar says what has come.
import { call } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { boxOf, changed, focus, inOrder, insertRow, rows, selected, updateRow } from "./rows.js";
import { announce, sessionEnded } from "../shell/shell.js";

const VISIBLE = 10_000; // ms between two looks
const HIDDEN = 60_000;
const SELDOM = 300_000; // after errors it doubles up to here
const MOST_ROWS = 100; // then the view is read anew, so that a day does not pile up rows
const MOST_SINGLE_READS = 5; // of orders that have left the view, in one look

const title = document.title;
const bar = byId("arrivals");
let list, where, timer;
let over = false;
let failures = 0;
let arrived = []; // came in, but not on screen
let newest = ""; // no order that came before this moment is a new one
const unseen = new Set();
const heard = new Set();

/** Looks from now on, until the session has ended. */
export function watch(shown) {
  list = shown;
  where = location.search;
  list.region.addEventListener("view", forget);
  byId("show-arrivals").onclick = () => showArrived(true);
  for (const sign of ["focus", "pointermove", "keydown", "scroll"])
    addEventListener(sign, seen, { passive: true });
  document.addEventListener("visibilitychange", () => seen() ?? later(document.hidden ? undefined : 0));
  addEventListener("pageshow", () => later(0)); // "back" to a page that the browser had kept
  addEventListener("connected", () => later((failures = 0)));
  look();
}

function later(wait = Math.min((document.hidden ? HIDDEN : VISIBLE) * 2 ** failures, SELDOM)) {
  clearTimeout(timer);
  if (!over) timer = setTimeout(look, wait);
}

async function look() {
  try {
    if (list.region.ariaBusy !== "true") await Promise.all([lookAtOrders(), lookAtCounts()]);
    failures = 0;
  } catch (error) {
    if (sessionEnded(error)) over = true;
    // No reason to wait longer: another view was asked for meanwhile, or this one cannot be.
    if (error.name !== "AbortError" && error.status !== 400) failures += 1;
  }
  later();
}

async function lookAtCounts() {
  list.showCounts((await call("GET", "/reports/workload")).counts);
}

async function lookAtOrders() {
  const { search } = location;
  const found = await list.read({ limit: Math.max(list.page, rows.size) });
  if (list.region.dataset.state === "failed") return list.load();
  for (const order of found.orders) updateRow(order);
  await followLeft(found);
  if (list.region.ariaBusy === "true" || location.search !== search) return; // another view was asked for
  if (isOnTop()) arriveOnTop(found.orders);
  else await lookAtTop();
  changed();
}

// -- where an order stands in the view

const byTotal = () => ["largest", "smallest"].includes(list.view().get("sort"));
const upwards = () => ["oldest", "smallest"].includes(list.view().get("sort"));
const moment = ({ createdAt, orderID }) => `${createdAt}#${orderID}`;
const place = (order) =>
  byTotal() ? `${String(order.total).padStart(15, "0")}#${order.orderID}` : moment(order);
const before = (one, other) => (upwards() ? place(one) < place(other) : place(one) > place(other));

/** Whether an order that is not on screen would be on this page, and not on one after it. */
function belongs(order) {
  const last = inOrder().at(-1);
  return !rows.has(order.orderID) && (!list.region.nextCursor || !last || before(order, last.order));
}

/** Rows that the view no longer has stay where they are, and show what became of their orders. */
async function followLeft({ orders, nextCursor }) {
  const ids = new Set(orders.map(({ orderID }) => orderID));
  const end = orders.at(-1);
  const left = inOrder().filter(
    ({ order, classList }) =>
      !ids.has(order.orderID) && !classList.contains("gone") && (!nextCursor || before(order, end)),
  );
  left.sort((one, other) => (one.readAt ?? 0) - (other.readAt ?? 0));
  await Promise.all(left.slice(0, MOST_SINGLE_READS).map(readAgain));
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

// -- new orders

// In the view of a status, what others moved there comes in too; a version of 1 nobody has moved yet.
const isNew = (order) => moment(order) > newest && (!list.view().has("status") || order.version === 1);
const isOnTop = () => !list.view().has("cursor") && !list.view().has("sort");

function arriveOnTop(orders) {
  newest ||= rows.size ? moment(inOrder()[0].order) : "\x00";
  arrive(orders.filter(belongs));
}

/** On another page, or in another sort, new orders are only told of. */
async function lookAtTop() {
  const { orders } = await list.read({ limit: 20, changes: { sort: null, cursor: null } });
  newest ||= orders.length ? moment(orders[0]) : "\x00";
  arrive(orders.filter((order) => isNew(order) && !rows.has(order.orderID)));
}

function arrive(orders) {
  arrived = orders;
  for (const order of orders.filter(isNew)) unseen.add(order.orderID);
  ringForNew(orders.filter(isNew));
  if (orders.length && isOnTop() && !inHand()) showArrived(false);
  showBar();
  seen();
}

function ringForNew(orders) {
  const fresh = orders.filter(({ orderID }) => !heard.has(orderID));
  for (const { orderID } of fresh) heard.add(orderID);
  if (!fresh.length || !localStorage.getItem("order-desk:sound")) return;
  import("./chime.js").then(({ ring }) => ring()).catch(() => {}); // no sound without a connection
}

function inHand() {
  const { region } = list;
  const text = getSelection();
  return (
    region.matches(":hover") ||
    region.contains(document.activeElement) ||
    region.getBoundingClientRect().top < 0 ||
    selected().length > 0 ||
    (!text.isCollapsed && region.contains(text.anchorNode)) ||
    document.querySelector("dialog[open]") !== null
  );
}

function showBar() {
  const kind = arrived.every(isNew) ? "new order" : "more order";
  const text = count(arrived.length, kind);
  if (arrived.length && byId("arrivals-count").textContent !== text) announce(text);
  byId("arrivals-count").textContent = arrived.length ? text : "";
  bar.hidden = !arrived.length;
}

/** Puts what has come in its place; when it was asked for, with the focus on the first of it. */
function showArrived(asked) {
  const coming = arrived;
  arrived = [];
  if (!isOnTop()) return list.visit(list.address({ sort: null, cursor: null }));
  if (!rows.size || rows.size + coming.length > MOST_ROWS) return readAnew(coming);
  const fresh = coming.map(put);
  changed();
  showBar();
  announce(count(coming.length, "new order"));
  if (asked) focus(fresh[0]);
  return seen();
}

function put(order) {
  const after = inOrder().find((row) => before(order, row.order));
  return mark(insertRow(order, after));
}

async function readAnew(coming) {
  await list.load();
  for (const { orderID } of coming) if (rows.has(orderID)) mark(rows.get(orderID));
}

function mark(row) {
  const word = document.createElement("span");
  word.className = "mark";
  word.textContent = isNew(row.order) ? "New" : "Moved here";
  row.classList.add("new");
  row.querySelector("th").append(word);
  return row;
}

/** A view that is read shows all there is, so there is nothing to tell of; in another one, everything is known. */
function forget() {
  arrived = [];
  if (where !== location.search) {
    newest = "";
    unseen.clear();
  }
  where = location.search;
  showBar();
  seen();
}

// -- the number in the title

function seen() {
  if (!document.hidden && document.hasFocus() && bar.hidden) unseen.clear();
  document.title = unseen.size ? `(${unseen.size}) ${title}` : title;
}
