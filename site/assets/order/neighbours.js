// The way back to the list from which an order was opened, and the orders before and after it on the loaded page of the list.
import { announce, byId } from "../lib/dom.js";
import { backToList, lastList } from "../lib/last-list.js";
import { followedLink, orderPage } from "../lib/links.js";
import { keys } from "../shell/keys.js";

const POLL_MS = 50; // while the last step of the order is being stored

let opened; // the page of order.js

/** Wire the links and keys, if the last list of this tab has the order. `page` is that of order.js. */
export function showNeighbours(page) {
  opened = page;
  const list = lastList(page.who).load();
  const at = list?.orderIDs.indexOf(page.orderID) ?? -1;
  if (at < 0) return;
  byId("to-list").href = list.address;
  byId("to-list").onclick = (event) => {
    if (followedLink(event)) backToList(page.who, page.orderID);
  };
  wire("previous-order", list.orderIDs[at - 1]);
  wire("next-order", list.orderIDs[at + 1]);
  byId("list-place").textContent = `${at + 1} of ${list.orderIDs.length}`;
  byId("neighbours").hidden = list.orderIDs.length < 2;
  keys({
    j: ["Next order of the list", () => goTo("next-order")],
    k: ["Previous order of the list", () => goTo("previous-order")],
    u: ["Back to the list", () => byId("to-list").click()],
  });
}

function wire(id, orderID) {
  const link = byId(id);
  link.hidden = !orderID;
  if (!orderID) return;
  link.href = orderPage(orderID);
  link.onclick = (event) => {
    if (!followedLink(event)) return;
    event.preventDefault();
    goTo(id);
  };
}

async function goTo(id) {
  const { href, hidden } = byId(id);
  if (!byId("editing").hidden) return;
  if (hidden) announce(`No ${id === "next-order" ? "later" : "earlier"} order on this page of the list.`);
  else if (await isStored()) location.assign(href);
}

/** Resolve to whether the order's last step was stored. Leaving the page could lose a step that is on its way. */
async function isStored() {
  const { order } = opened;
  const isOnItsWay = () => opened.pause.isBusy && opened.order === order && byId("notice").hidden;
  while (isOnItsWay()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  return opened.order !== order || byId("notice").hidden;
}
