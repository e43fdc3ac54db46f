// The card with the webhook of a shop: how it is, its address and its secrets.
import { byId, fill, show, stamp } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { MOST_SECRETS, webhookActions, webhookMark, webhookWords, whichOfSecrets } from "./words.js";

const webhookCard = byId("webhook");

/** Return texts and moments as nodes. */
export const withTimes = (words) => words.map((word) => (typeof word === "string" ? word : time(word.at)));

/** Show a webhook, or the form for a new one for null. `remove(secret)` is called when its button is pressed. */
export function showWebhook(webhook, remove) {
  if (!webhook) return show(webhookCard, "none");
  fill(webhookCard, { how: withTimes(webhookWords(webhook)) });
  webhookCard.querySelector('[data-slot="how"]').dataset.is = webhookMark(webhook);
  byId("webhook-url").value = webhook.url;
  const rows = webhook.secrets.map((secret) => secretLine(webhook, secret, remove));
  byId("webhook-secrets").replaceChildren(...rows);
  const actions = webhookActions(webhook);
  for (const button of webhookCard.querySelectorAll("[data-does]"))
    button.hidden = !actions.includes(button.dataset.does);
  show(webhookCard, "set");
}

function secretLine(webhook, secret, remove) {
  const which = whichOfSecrets(webhook, secret);
  const name = which[0].toUpperCase() + which.slice(1);
  const line = stamp("webhook-secret", { name, which, made: time(secret.createdAt) });
  const button = line.querySelector("button");
  button.hidden = webhook.secrets.length < MOST_SECRETS;
  button.onclick = () => remove(secret);
  return line;
}
