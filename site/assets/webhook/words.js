// The words of the page about the webhook of a connected shop. A moment in a text is an object {at}.
import { count } from "../lib/format.js";
import { MAX_SECRETS, whichSecret } from "../shops/secrets.js";

const EVENTS = {
  __proto__: null,
  "order.placed": "Placed",
  "order.rejected": "Rejected",
  "order.edited": "Edited",
  "order.packed": "Packed",
  "order.shipped": "Shipped",
  "order.delivered": "Delivered",
  "order.cancelled": "Cancelled",
  "order.erased": "Erased",
  test: "Test",
};
const SECOND = 1000;
const HUNDRED = 100;
// An empty answer with a status of these hundreds is explained.
const REMARKS = { 3: "A redirect is not followed" };

const tries = (number) => count(number, "failed try", "failed tries");

/** Return how a webhook is, as texts and moments. */
export function webhookWords({ state, why, offAt, failures, pausedUntil }, now = Date.now()) {
  if (why === "gone")
    return ["Off: the receiver answered 410 Gone", ...(offAt ? [" on ", { at: offAt }] : [])];
  if (state === "off") return ["Off"];
  if (!failures) return ["Sends"];
  if (pausedUntil && Date.parse(pausedUntil) > now)
    return ["Waits until ", { at: pausedUntil }, ` after ${tries(failures)}`];
  return [`Tries again now, after ${tries(failures)}`];
}

/** Return what a webhook's color says: it works, waits or is off. */
export const webhookMark = ({ state, failures }) => {
  if (state === "off") return "off";
  return failures ? "waiting" : "delivered";
};

/** Return what happened. */
export const eventWords = ({ type }) => EVENTS[type] ?? type;

/** Return what became of a delivery, as texts and moments. A pause of the webhook can be longer than its own. */
export function deliveryWords({ state, tries: made, nextAt, lastAt }, webhook = null, now = Date.now()) {
  if (state === "delivered") return ["Delivered ", ...(lastAt ? [{ at: lastAt }] : [])];
  if (state === "failed") return [`Failed after ${count(made, "try", "tries")}`];
  if (state === "off") return ["Not sent: the webhook was off"];
  if (!nextAt) return ["Waiting"];
  const paused = webhook?.pausedUntil ?? nextAt;
  const at = Date.parse(paused) > Date.parse(nextAt) ? paused : nextAt;
  const after = made ? [`, after ${tries(made)}`] : [];
  return Date.parse(at) > now ? ["Tries again ", { at }, ...after] : ["Waiting", ...after];
}

/** Return the last answer: its status and how long it took, or why there was none. */
export function answerWords({ status, answer = "", milliseconds }) {
  const took = milliseconds === undefined ? "" : duration(milliseconds);
  const remark = REMARKS[Math.floor(status / HUNDRED)] ?? "";
  if (status) return [took ? `${status} in ${took}` : `${status}`, answer || remark];
  return [answer ? `No answer${took && ` after ${took}`}` : "", answer];
}

const duration = (milliseconds) =>
  milliseconds < SECOND ? `${milliseconds} ms` : `${(milliseconds / SECOND).toFixed(1)} s`;

/** Return a problem as the page says it: the API calls the address `url`, and the page does not. */
export function problemWords({ message, fields: [field] = [] }) {
  return field?.path === "url" ? `The address ${field.message}` : message;
}

/** Whether a delivery may be sent again: the webhook is on, and no try is on its way. */
export const isRepeatable = ({ state, nextAt }, webhook) =>
  webhook?.state === "active" && (state !== "waiting" || Boolean(nextAt));

/** Return the actions that make sense for a webhook. */
export const webhookActions = ({ state, failures, secrets }) => [
  ...(secrets.length < MAX_SECRETS ? ["add-secret"] : []),
  ...(state === "off" ? ["on"] : ["test", ...(failures ? ["now"] : []), "off"]),
  "delete",
];

export const DELETE_QUESTION =
  "Delete the webhook? Its address and its secrets are gone for good, and nothing more is sent. Events that still wait are not sent either.";

export const OFF_QUESTION =
  "Switch the webhook off? What happens until you switch it on again is not sent, and waiting events are not either. Send them again from the list below.";

/** Return the question before a secret is removed. */
export const removalQuestion = (webhook, secret) =>
  `Remove the ${whichSecret(webhook, secret)}? A system that checks signatures with it refuses the events. First make sure that it knows the other one.`;
