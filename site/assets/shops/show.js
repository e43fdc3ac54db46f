// The content of the dialog of a connected shop.
import { byId, fill, stamp } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { give } from "./given.js";
import { showOrders } from "./orders.js";
import { MAX_SECRETS, secretLines } from "./secrets.js";
import { shopActions, shopChangeWords, shopStateWords } from "./words.js";

const TWO =
  "A shop has at most two secrets. Remove the old one as soon as the shop’s system uses the new one.";

/** Show a shop. `remove(secret)` is called when its button is pressed; the last secret has none. */
export function showShop(dialog, shop, remove) {
  const { name, createdAt, createdBy } = shop;
  give(dialog, { id: shop.id, name });
  fill(dialog, {
    name,
    state: shopStateWords(shop),
    created: createdAt && [time(createdAt), createdBy ? ` by ${createdBy}` : ""],
    full: shop.secrets.length < MAX_SECRETS ? "" : TWO,
  });
  showOrders(dialog, shop);
  byId("secret-rows").replaceChildren(...secretLines(shop, remove));
  byId("shop-change-rows").replaceChildren(...shop.history.map(changeRow));
  byId("to-webhook").href = `/webhook.html?shop=${encodeURIComponent(shop.id)}`;
  const actions = shopActions(shop);
  for (const button of dialog.querySelectorAll("[data-does]"))
    button.hidden = !actions.includes(button.dataset.does);
}

const changeRow = (entry) =>
  stamp("shop-change-row", { event: shopChangeWords(entry), by: entry.by, at: time(entry.at) });
