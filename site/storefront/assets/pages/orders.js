// The orders of the account, the newest first, with those that are still being checked.
import { call } from "../../../assets/lib/api.js";
import { announce, byId, fill, show, stamp } from "../../../assets/lib/dom.js";
import { count, money, orderNumber, time } from "../../../assets/lib/format.js";
import { person } from "../../../assets/lib/session.js";
import { enter, leftFor } from "../account/door.js";
import { replaceRows } from "../account/rows.js";
import { keepLooking } from "../orders/again.js";
import { claimAll, claimedText } from "../orders/claims.js";
import { OrderHistory, readOrders } from "../orders/history.js";
import { removeSent, sentBy } from "../orders/sent.js";
import { pauseFor, statusWord } from "../orders/words.js";

const page = byId("orders-page");
const mine = new OrderHistory((cursor) => readOrders(page.dataset.limit, cursor));
let shown = "";
let looking = false;

async function load() {
  await look();
  if (!looking)
    keepLooking(look, () =>
      pauseFor([...checking().map(() => "checking"), ...mine.orders.map(({ status }) => status)]),
    );
  looking = true;
}

async function look() {
  try {
    const newest = await mine.look();
    removeSent(newest.map(({ orderID }) => orderID));
    showOrders();
  } catch (error) {
    if (!leftFor(error)) throw error;
  }
}

const checking = () => sentBy(person()?.sub);

function showOrders() {
  const waiting = checking().map(({ orderID, at }) => ({ orderID, createdAt: at, status: "checking" }));
  const all = [...waiting, ...mine.orders];
  const text = JSON.stringify(all);
  if (text !== shown) replaceRows(byId("orders"), all.map(orderRow), byId("orders-title"));
  shown = text;
  byId("more").hidden = !mine.next;
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
  row.dataset.key = orderID;
  row.querySelector("a").href = `/order?id=${orderID}`;
  const badge = row.querySelector(".status");
  badge.dataset.status = status;
  badge.textContent = statusWord(status, collection);
  return row;
}

byId("more").onclick = async () => {
  try {
    const [first] = await mine.older();
    fill(page, { trouble: "" });
    showOrders();
    if (first) byId("orders").querySelector(`[data-key="${first.orderID}"] a`).focus();
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
    announce(claimedText(claimed));
    if (claimed) await look();
  } catch (error) {
    if (!leftFor(error)) fill(page, { claimed: error.message });
  }
  button.ariaBusy = null;
};
enter(page, load);
