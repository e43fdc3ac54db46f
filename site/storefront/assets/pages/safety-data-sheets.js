// The safety data sheets of what the account has bought: some orders at a time, each product once.
import { call } from "../../../assets/lib/api.js";
import { announce, byId, fill, show, stamp } from "../../../assets/lib/dom.js";
import { fewAtATime } from "../../../assets/lib/few-at-a-time.js";
import { enter, leftFor } from "../account/door.js";
import { factsOf } from "../cart/facts.js";
import { OrderHistory, readOrders } from "../orders/history.js";
import { isBought, readSoFar, shelved, withOrder } from "../sheets/bought.js";

const DAY = { day: "numeric", month: "long", year: "numeric" };
const page = byId("sheets-page");
const mine = new OrderHistory((cursor) => readOrders(page.dataset.limit, cursor));
let unread = []; // orders whose lines are not known yet
let bought = new Map();
let facts = new Map();

const load = async () => {
  if (!mine.orders.length) await readOrdersOn();
  await readProducts();
};

async function readOrdersOn() {
  unread = [...unread, ...(await mine.older()).filter(isBought)];
}

/** Read the lines of the orders, then their products. After a failure, the next call goes on with what is left. */
async function readProducts() {
  await fewAtATime([...unread], async (one) => {
    const { orderID } = one;
    const order = await call("GET", `/orders/${orderID}`).catch(orMoved);
    bought = withOrder(bought, order);
    unread = unread.filter((other) => other !== one);
  });
  facts = new Map([...facts, ...(await factsOf([...bought.keys()].filter((sku) => !facts.has(sku))))]);
  showAll();
}

/** The shop may have given an order to another customer since the list was read. */
function orMoved(error) {
  if (error.status !== 404) throw error;
  return { createdAt: "", items: [] };
}

function showAll() {
  const { sheets, without, gone } = shelved(bought, facts);
  byId("sheets").replaceChildren(...sheets.map(sheetRow));
  byId("gone").replaceChildren(...gone.map(productRow));
  byId("without").replaceChildren(...without.map(productRow));
  byId("no-sheet").hidden = sheets.length > 0;
  byId("gone-part").hidden = !gone.length;
  byId("without-part").hidden = !without.length;
  byId("more").hidden = !mine.next;
  const oldest = mine.orders.at(-1);
  fill(page, { soFar: oldest && readSoFar(mine.orders.length, dayOf(oldest.createdAt), Boolean(mine.next)) });
  show(page, oldest ? "ready" : "empty");
}

const dayOf = (at, options = {}) => new Date(at).toLocaleDateString("en-GB", { ...DAY, ...options });

function productRow({ sku, name, at }) {
  return stamp("product-row", { name, sku, at: dayOf(at) });
}

function sheetRow({ name, at, sheet: { path, version, date } }) {
  const row = stamp("sheet-row", { name, version, date: dayOf(date, { timeZone: "UTC" }), at: dayOf(at) });
  row.querySelector("a").href = path;
  return row;
}

byId("more").onclick = async () => {
  const button = byId("more");
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  fill(page, { trouble: "" });
  try {
    if (!unread.length) await readOrdersOn();
    await readProducts();
    announce(page.querySelector('[data-slot="soFar"]').textContent);
    if (button.hidden) byId("sheets-title").focus();
  } catch (error) {
    if (!leftFor(error)) fill(page, { trouble: error.message });
  }
  button.ariaBusy = null;
};
enter(page, load);
