// The words of the page about a connected shop.
import { isolated } from "../lib/format.js";
import { MAX_SECRETS, whichSecret } from "./secrets.js";

const STATES = { active: "Active", disabled: "Disabled" };
const EVENTS = {
  __proto__: null,
  connected: "Connected",
  disabled: "Disabled",
  enabled: "Enabled",
  "secret-added": "New secret",
  "secret-removed": "Secret removed",
  deleted: "Deleted",
  "webhook-off": "Webhook switched off",
  "webhook-on": "Webhook switched on",
  "webhook-removed": "Webhook deleted",
  "webhook-secret-added": "New secret of the webhook",
  "webhook-secret-removed": "Secret of the webhook removed",
};
const TOKEN_LIVES = "A token that it already has works for up to an hour, so orders can arrive until then.";

/** Return the state of a shop. */
export const shopStateWords = ({ state }) => STATES[state];

/** Return how many secrets a shop has. */
export const secretWords = ({ secrets }) =>
  secrets.length < MAX_SECRETS ? "One secret" : "Two secrets, while one is replaced";

/** Return what a change was. */
export function shopChangeWords({ event, from, to, url }) {
  if (event === "renamed") return `Renamed from ${isolated(from)} to ${isolated(to)}`;
  if (event === "webhook-set") return `Webhook set to ${url}`;
  return event === "webhook-moved" ? `Address of the webhook set to ${url}` : EVENTS[event];
}

/** Return the actions that make sense for a shop. */
export const shopActions = ({ state, secrets }) => [
  ...(secrets.length < MAX_SECRETS ? ["add-secret"] : []),
  state === "disabled" ? "enable" : "disable",
  "delete",
];

/** Return the question before a shop is disabled. */
export const disableQuestion = ({ name }) =>
  `Disable ${isolated(name)}? It gets no new token until you enable it again, with the same secrets. ${TOKEN_LIVES}`;

/** Return the question before a shop is deleted. */
export const deleteQuestion = ({ name }) =>
  `Delete ${isolated(name)}? Its secrets are gone for good, and it gets no new token. ${TOKEN_LIVES} The orders that it sent stay, with its name.`;

/** Return the question before a secret is removed. */
export const removeQuestion = (shop, secret) =>
  `Remove the ${whichSecret(shop, secret)}? A system that still uses it gets no new token. First make sure that the shop’s system uses the other one.`;
