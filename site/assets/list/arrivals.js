// New orders: they come in by themselves while nobody works in the list; otherwise a bar shows how many wait.
import { announce, byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { addressWith, query } from "./address.js";
import { before, belongs, isInHand, isOnTop, moment } from "./places.js";
import { changed, focus, inOrder, insertRow, rows } from "./rows.js";
import { addUnseen, clearUnseen, showUnseen } from "./unseen.js";

const MAX_ROWS = 100; // with more the list is read anew, so that a day does not pile up rows

const bar = byId("arrivals");
let list, where;
let arrived = []; // orders that wait behind the bar
let newest = ""; // the moment of the newest order that was known before; an order is new when it came later
const heard = new Set();

/** Starts with the list that is on screen. */
export function watchArrivals(shown) {
  list = shown;
  where = location.search;
  list.region.addEventListener("view", forget);
  byId("show-arrivals").onclick = () => showArrived(true);
}

// In the list of a status, orders that somebody moved there come in too; an order of version 1 nobody has moved yet.
const isNew = (order) => moment(order) > newest && (!query().has("status") || order.version === 1);

/** Takes in orders that belong on this first page. */
export function arriveOnTop(orders) {
  newest ||= rows.size ? moment(inOrder()[0].order) : "\x00";
  arrive(orders.filter((order) => belongs(order, list.region.nextCursor)));
}

/** On another page, or in another sort, the bar alone shows that there are new orders. */
export async function lookAtTop() {
  const { orders } = await list.read({ limit: 20, changes: { sort: null, cursor: null } });
  newest ||= orders.length ? moment(orders[0]) : "\x00";
  arrive(orders.filter((order) => isNew(order) && !rows.has(order.orderID)));
}

function arrive(orders) {
  arrived = orders;
  for (const order of orders.filter(isNew)) addUnseen(order.orderID);
  ringForNew(orders.filter(isNew));
  if (orders.length && isOnTop() && !isInHand(list.region)) showArrived(false);
  showBar();
  showUnseen();
}

function ringForNew(orders) {
  const fresh = orders.filter(({ orderID }) => !heard.has(orderID));
  for (const { orderID } of fresh) heard.add(orderID);
  if (!fresh.length || !localStorage.getItem("order-desk:sound")) return;
  import("./chime.js").then(({ ring }) => ring()).catch(() => {}); // no sound without a connection
}

function showBar() {
  const kind = arrived.every(isNew) ? "new order" : "more order";
  const text = count(arrived.length, kind);
  if (arrived.length && byId("arrivals-count").textContent !== text) announce(text);
  byId("arrivals-count").textContent = arrived.length ? text : "";
  bar.hidden = !arrived.length;
}

/** Puts waiting orders in their places; when somebody asked for them, the first one gets the focus. */
function showArrived(asked) {
  const coming = arrived;
  arrived = [];
  if (!isOnTop()) return list.visit(addressWith({ sort: null, cursor: null }));
  if (!rows.size || rows.size + coming.length > MAX_ROWS) return readAnew(coming);
  const fresh = coming.map(insert);
  changed();
  showBar();
  announce(count(coming.length, "new order"));
  if (asked) focus(fresh[0]);
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

/** A list that was just read shows all there is, so nothing waits; in another list every order counts as known. */
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
