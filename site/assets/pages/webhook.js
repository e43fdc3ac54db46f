// The webhook of a connected shop, and what became of its events. For admins.
import { call } from "../lib/api.js";
import { byId, fill, show, showFailure } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { onPaging, queryValue } from "../lib/paging.js";
import { sessionEnded, start } from "../shell/shell.js";
import { loadDeliveries } from "../webhook/deliveries.js";
import { loadWebhook, onWebhook } from "../webhook/desk.js";

const page = byId("webhook-page");
const content = byId("shown-shop");
const LOOKS = 8; // at a delivery that was just queued
const LOOK_MS = 1_200;
const shop = queryValue("shop");

let onPage; // the webhook as it was last read

let listed = [];

const loadList = async () => (listed = await loadDeliveries(shop, onPage, sendAgain));

/** Read and show the shop, its webhook and the list. */
async function load() {
  page.ariaBusy = "true";
  try {
    const [{ shops }] = await Promise.all([call("GET", "/shops"), readWebhook()]);
    const found = shops.find(({ id }) => id === shop);
    showShop(found);
    if (found) await loadList();
  } catch (error) {
    fail(error);
  }
  page.ariaBusy = "false";
}

function showShop(found) {
  show(page, found ? "shown" : "missing");
  content.hidden = !found;
  if (found) byId("title").textContent = `Webhook of ${isolated(found.name)}`;
}

async function readWebhook() {
  onPage = await loadWebhook();
}

function showChange(now, sent) {
  onPage = now;
  return sent ? follow(sent) : loadList();
}

/** Show why there is nothing. An admin whose group was taken away gets the state that staff see. */
function fail(error) {
  if (error.status === 403) show(page, "admins-only");
  else if (!sessionEnded(error)) showFailure(page, error, load);
}

async function sendAgain(delivery) {
  fill(content, { again: "", refused: "" });
  const path = `/shops/${encodeURIComponent(shop)}/deliveries/${encodeURIComponent(delivery.id)}/redeliver`;
  try {
    await call("POST", path);
    fill(content, { again: "It is being sent again." });
    await follow(delivery.id);
  } catch (error) {
    if (!sessionEnded(error)) fill(content, { refused: error.message });
  }
}

async function sendOldest() {
  const waiting = listed.findLast(({ state, nextAt }) => state === "waiting" && nextAt);
  if (waiting) await sendAgain(waiting);
}

/** Look at the list until a delivery that was just queued has a result. */
async function follow(id) {
  for (let looks = 0; looks < LOOKS; looks++) {
    const found = (await loadList()).find((one) => one.id === id);
    if (!found || found.state !== "waiting" || found.nextAt) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await readWebhook();
}

start((who) => {
  if (!who.isAdmin || !shop) {
    page.ariaBusy = "false";
    return show(page, who.isAdmin ? "missing" : "admins-only");
  }
  onPaging(loadList);
  byId("look-again").onclick = load;
  onWebhook(shop, showChange, sendOldest);
  return load();
});
