// An order of the account: its state live, its lines, and what one can do with it.
import { call } from "../../../assets/lib/api.js";
import { byId, fill, show, stamp } from "../../../assets/lib/dom.js";
import { orderNumber } from "../../../assets/lib/format.js";
import { enter, leftFor } from "../account/door.js";
import { factsOf } from "../cart/facts.js";
import { showSums } from "../cart/summary.js";
import { keepLooking, orderAgain } from "../orders/again.js";
import { sheetsOf, sumsOfOrder } from "../orders/papers.js";
import { showOrder } from "../orders/show.js";
import { removeSent, stateOfSent } from "../orders/sent.js";
import { pauseFor } from "../orders/words.js";

const page = byId("order-page");
const shown = JSON.parse(page.dataset.money);
const rates = JSON.parse(page.dataset.rates);
const orderID = new URLSearchParams(location.search).get("id") ?? "";
const path = `/orders/${encodeURIComponent(orderID)}`;
let order;
let looking = false;

async function load() {
  await look();
  if (!looking) keepLooking(look, () => pauseFor([order?.status ?? page.dataset.state]));
  looking = true;
}

async function look() {
  if (!/^[\da-f-]{36}$/.test(orderID)) return showMissing(); // without an ID, the path is that of the list
  try {
    take(await call("GET", path));
  } catch (error) {
    if (error.status === 404) showMissing();
    else if (!leftFor(error)) throw error;
  }
}

/** An order that was just sent is in the queue, which loses nothing. Another one does not exist. */
const showMissing = () => show(page, stateOfSent(orderID));

function take(found) {
  removeSent([orderID]);
  if (order?.version === found.version && page.dataset.state === "ready") return;
  order = found;
  document.title = `Order ${orderNumber(order)} · ${page.dataset.shop}`;
  showOrder(page, order);
  const isLost = order.status !== "placed" && byId("cancel") === document.activeElement;
  byId("cancel").hidden = order.status !== "placed";
  if (isLost) byId("order-title").focus();
  byId("again-text").textContent =
    order.status === "rejected" ? "Put these lines back into the cart" : "Order again";
  byId("print").hidden = ["rejected", "cancelled"].includes(order.status);
  show(page, "ready");
  showPapers().catch(() => {}); // the order is there without them
}

/** Show VAT and data sheets by what the products are now. An order may be changed meanwhile. */
async function showPapers() {
  const { version, items } = order;
  const known = await factsOf(items.map(({ sku }) => sku));
  if (order.version !== version || order.status === "rejected" || order.currency !== shown.currency) return;
  showSums(page, sumsOfOrder(order, known, rates), shown);
  const sheets = sheetsOf(items, known);
  byId("sheets-part").hidden = !sheets.length;
  byId("sheets").replaceChildren(...sheets.map(sheetRow));
}

function sheetRow({ name, path: file, version, date }) {
  const row = stamp("sheet-row", { name, version, date });
  row.querySelector("a").href = file;
  return row;
}

async function cancel() {
  byId("cancel").ariaBusy = "true";
  fill(page, { trouble: "" });
  try {
    take(await call("POST", `${path}/cancel`));
  } catch (error) {
    if (!leftFor(error)) await look().catch(() => {});
    if (order.status !== "cancelled") fill(page, { trouble: error.message });
  }
  byId("cancel").ariaBusy = null;
}

byId("cancel").onclick = () => {
  const dialog = byId("cancel-dialog");
  dialog.returnValue = "";
  dialog.onclose = () => dialog.returnValue === "yes" && cancel();
  dialog.showModal();
};
byId("print").onclick = () => print();
byId("again").onclick = () => orderAgain(order);
enter(page, load);
