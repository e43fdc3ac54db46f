// New orders. While nobody works in the list they are inserted at once. Otherwise a bar shows how many are waiting.
import { announce, byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { ringing } from "../lib/settings.js";
import { addressWith, query } from "./address.js";
import { before, belongs, isInHand, isOnTop, moment } from "./places.js";
import { focus, inOrder, insertRow, notifyChange, rows } from "./rows.js";
import { addUnseen, clearUnseen, showUnseen } from "./unseen.js";

const MAX_ROWS = 100; // with more, the list is read again, so that rows do not pile up over a day

const bar = byId("arrivals");
let list, where;
let arrived = []; // orders that the bar counts and the list does not show yet
let hasMore = false; // whether other orders may have come between these and the rows
let newest = ""; // the moment (places.js) of the newest known order; later orders are new
const rungFor = new Set(); // IDs of orders for which the sound was played

/** Start to watch for new orders of the list on screen. */
export function watchArrivals(shown) {
  list = shown;
  where = location.search;
  list.region.addEventListener("view", forget);
  byId("show-arrivals").onclick = () => showArrived(true);
}

// The list of a status or label also gets orders that were moved to it. Only an order of version 1 was never moved.
const isNew = (order) => moment(order) > newest && (!getsMoved() || order.version === 1);
const getsMoved = () => ["status", "label"].some((name) => query().has(name));

/** Show or count those of the first orders of the list that belong on this page and have no row yet. */
export function arriveOnTop(found) {
  newest ||= rows.size ? moment(inOrder()[0].order) : "\x00";
  arrive(found, (order) => belongs(order, list.region.nextCursor));
}

/** Count new orders in the bar, while another page or another sort is on screen. */
export async function checkTop() {
  const found = await list.read({ limit: 20, changes: { sort: null, cursor: null } });
  newest ||= found.orders.length ? moment(found.orders[0]) : "\x00";
  arrive(found, (order) => isNew(order) && !rows.has(order.orderID));
}

function arrive({ orders, nextCursor }, isComing) {
  arrived = orders.filter(isComing);
  hasMore = Boolean(nextCursor) && arrived.length === orders.length;
  const fresh = arrived.filter(isNew);
  for (const order of fresh) addUnseen(order.orderID);
  ringForNew(fresh);
  if (arrived.length && isOnTop() && !isInHand(list.region)) showArrived(false);
  showBar();
  showUnseen();
}

function ringForNew(orders) {
  const silent = orders.filter(({ orderID }) => !rungFor.has(orderID));
  for (const { orderID } of silent) rungFor.add(orderID);
  if (!silent.length || !ringing.isOn()) return;
  import("./chime.js").then(({ ring }) => ring()).catch(() => {}); // no sound without a connection
}

function showBar() {
  const kind = arrived.every(isNew) ? "new order" : "more order";
  const text = `${hasMore ? "At least " : ""}${count(arrived.length, kind)}`;
  if (arrived.length && byId("arrivals-count").textContent !== text) announce(text);
  byId("arrivals-count").textContent = arrived.length ? text : "";
  bar.hidden = !arrived.length;
}

/** Insert the waiting orders. After a press on the bar's button, also move the focus to the first of them. */
function showArrived(pressed) {
  const coming = arrived;
  arrived = [];
  if (!isOnTop()) return list.visit(addressWith({ sort: null, cursor: null }));
  if (!rows.size || hasMore || rows.size + coming.length > MAX_ROWS) return readAnew(coming);
  const fresh = coming.map(insert);
  notifyChange();
  showBar();
  announce(count(coming.length, "new order"));
  if (pressed) focus(fresh[0]);
  return showUnseen();
}

function insert(order) {
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

/** Empty the bar, because the list is read again. If the address has changed, no order of the list counts as new. */
function forget() {
  arrived = [];
  if (where !== location.search) {
    newest = "";
    clearUnseen();
  }
  where = location.search;
  showBar();
  showUnseen();
}
