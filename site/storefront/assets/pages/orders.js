// The orders of the account, the newest first, with those that are still being checked.
import { call } from "../../../assets/lib/api.js";
import { byId, fill, show, stamp } from "../../../assets/lib/dom.js";
import { count, money, orderNumber, time } from "../../../assets/lib/format.js";
import { person } from "../../../assets/lib/session.js";
import { enter, leftFor } from "../account/door.js";
import { keepLooking } from "../orders/again.js";
import { claimAll, claimedText } from "../orders/claims.js";
import { removeSent, sentBy } from "../orders/sent.js";
import { pauseFor, statusWord } from "../orders/words.js";

const page = byId("orders-page");
let orders = [];
let next = null;
let looking = false;

const read = (cursor = "") =>
  call("GET", `/orders?limit=${page.dataset.limit}${cursor && `&cursor=${cursor}`}`);

async function load() {
  await look();
  if (!looking)
    keepLooking(look, () =>
      pauseFor([...checking().map(() => "checking"), ...orders.map(({ status }) => status)]),
    );
  looking = true;
}

/** Read the first page anew. Older orders that are shown stay. */
async function look() {
  try {
    const { orders: newest, nextCursor } = await read();
    const known = new Set(newest.map(({ orderID }) => orderID));
    const older = orders.filter(({ orderID }) => !known.has(orderID));
    if (!older.length) next = nextCursor;
    orders = [...newest, ...older];
    removeSent([...known]);
    showOrders();
  } catch (error) {
    if (!leftFor(error)) throw error;
  }
}

const checking = () => sentBy(person()?.sub);

function showOrders() {
  const waiting = checking().map(({ orderID, at }) => ({ orderID, createdAt: at, status: "checking" }));
  const all = [...waiting, ...orders];
  byId("orders").replaceChildren(...all.map(orderRow));
  byId("more").hidden = !next;
  show(page, all.length ? "ready" : "empty");
  fill(page, { email: person()?.email ?? "" });
  byId("earlier").hidden = false;
}

function orderRow({ orderID, number, status, createdAt, total, currency, lineCount, reference, collection }) {
  const row = stamp("order-row", {
    number: number ? `Order ${orderNumber({ orderID, number })}` : "New order",
    at: time(createdAt),
    total: total === undefined || status === "rejected" ? "" : money(total, currency),
    lines: lineCount === undefined ? "" : count(lineCount, "product"),
    reference: reference ? `Your number ${reference}` : "",
  });
  row.querySelector("a").href = `/order?id=${orderID}`;
  const badge = row.querySelector(".status");
  badge.dataset.status = status;
  badge.textContent = statusWord(status, collection);
  return row;
}

byId("more").onclick = async () => {
  try {
    const { orders: older, nextCursor } = await read(next);
    orders = [...orders, ...older];
    next = nextCursor;
    fill(page, { trouble: "" });
    showOrders();
  } catch (error) {
    if (!leftFor(error)) fill(page, { trouble: error.message });
  }
};
byId("claim").onclick = async () => {
  const button = byId("claim");
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    const claimed = await claimAll((cursor) => call("POST", `/orders/claim${cursor && `?cursor=${cursor}`}`));
    fill(page, { claimed: claimedText(claimed) });
    if (claimed) await look();
  } catch (error) {
    if (!leftFor(error)) fill(page, { claimed: error.message });
  }
  button.ariaBusy = null;
};
enter(page, load);
