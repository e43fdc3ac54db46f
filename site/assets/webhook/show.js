// The card with the webhook of a shop: how it is, its address and its secrets.
import { byId, fill, show } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { secretLines } from "../shops/secrets.js";
import { webhookActions, webhookMark, webhookWords } from "./words.js";

const webhookCard = byId("webhook");

/** Return texts and moments as nodes. */
export const withTimes = (words) => words.map((word) => (typeof word === "string" ? word : time(word.at)));

/** Show a webhook, or the form for a new one for null. `remove(secret)` is called when its button is pressed. */
export function showWebhook(webhook, remove) {
  if (!webhook) return show(webhookCard, "none");
  fill(webhookCard, { how: withTimes(webhookWords(webhook)) });
  webhookCard.querySelector('[data-slot="how"]').dataset.is = webhookMark(webhook);
  byId("webhook-url").value = webhook.url;
  byId("webhook-secrets").replaceChildren(...secretLines(webhook, remove));
  const actions = webhookActions(webhook);
  for (const button of webhookCard.querySelectorAll("[data-does]"))
    button.hidden = !actions.includes(button.dataset.does);
  show(webhookCard, "set");
}
