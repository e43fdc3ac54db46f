// The list of connected shops, for admins.
import { call } from "../lib/api.js";
import { announce, byId, show, showFailure, stamp } from "../lib/dom.js";
import { count, time } from "../lib/format.js";
import { sessionEnded, start } from "../shell/shell.js";
import { connectShop, onConnection } from "../shops/connect.js";
import { give } from "../shops/given.js";
import { ordersToday, readToday } from "../shops/orders.js";
import { onShopChange, openShop } from "../shops/shop.js";
import { secretWords, shopStateWords } from "../shops/words.js";

const page = byId("shops");
const openers = new Map(); // the buttons of the rows, by the ID of the shop

/** Read and show all shops. Resolve to them, or to nothing if they could not be read. */
async function load() {
  page.ariaBusy = "true";
  const [answer] = await Promise.all([call("GET", "/shops").catch(fail), readToday()]);
  page.ariaBusy = "false";
  if (!answer) return null;
  display(answer);
  return answer.shops;
}

/** Show why there is no list. An admin whose group was taken away gets the state that staff see. */
function fail(error) {
  byId("connect").hidden = error.status === 403;
  if (error.status === 403) show(page, "admins-only");
  else if (!sessionEnded(error)) showFailure(page, error, load);
}

function display({ shops, tokenUrl, scope }) {
  for (const dialog of document.querySelectorAll("dialog")) give(dialog, { "token-url": tokenUrl, scope });
  const focused = document.activeElement?.dataset.shop;
  openers.clear();
  byId("shop-rows").replaceChildren(...shops.map(row));
  openers.get(focused)?.focus();
  show(page, shops.length ? "listed" : "empty");
  announce(`${count(shops.length, "connected shop")} shown`);
}

function row(shop) {
  const element = stamp("shop-row", {
    name: shop.name,
    state: shopStateWords(shop),
    orders: ordersToday(shop),
    secrets: secretWords(shop),
    created: shop.createdAt ? time(shop.createdAt) : "–",
  });
  element.querySelector(".col-state span").dataset.is = shop.state;
  const button = element.querySelector("button");
  button.dataset.shop = shop.id;
  button.onclick = () => openShop(shop);
  openers.set(shop.id, button);
  return element;
}

start((who) => {
  byId("connect").hidden = !who.isAdmin;
  if (!who.isAdmin) {
    page.ariaBusy = "false";
    return show(page, "admins-only");
  }
  byId("connect").disabled = false;
  byId("connect").onclick = connectShop;
  onConnection(load);
  onShopChange(load);
  byId("shop-dialog").addEventListener("close", () => {
    (openers.get(byId("shop-id").value) ?? byId("connect")).focus(); // whose row may be a new one, or gone
  });
  return load();
});
