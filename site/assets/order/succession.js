// The links between rejected orders and the new orders that put them right. Without one, Today counts a rejected order.
import { call } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { orderNumber, time } from "../lib/format.js";
import { orderLink, orderPage } from "../lib/links.js";
import { sessionEnded } from "../shell/shell.js";

const REFUSALS = [400, 404, 409]; // statuses for a link that fails at every try

const path = (orderID) => `/orders/${encodeURIComponent(orderID)}`;

/** Note in a draft that it puts an order right, if that one was rejected. Ask about a second time. */
export async function begin(draft, origin, keep) {
  if (origin.status === "rejected") draft.replaces = origin.orderID;
  if (await mayReplace(draft, origin)) keep();
}

/** Resolve to whether to send a draft, although its rejected order may be dealt with by now. */
export async function maySend(draft) {
  if (!draft.replaces) return true;
  const rejected = await call("GET", path(draft.replaces)).catch(() => ({})); // the link itself shows any failure
  return mayReplace(draft, rejected);
}

/** Ask whether to put an order right that is dealt with already. Resolve to whether to go on, once and for all. */
async function mayReplace(draft, rejected) {
  const { settledAt, replacedBy } = rejected;
  if (!settledAt || draft.isAgain) return true;
  const dialog = byId("again-dialog");
  fill(dialog, {
    number: orderNumber(rejected),
    settled: replacedBy
      ? `was put right already as order ${orderNumber(replacedBy)}`
      : "is dealt with already",
    at: time(settledAt),
  });
  const answer = await ask(dialog);
  if (answer === "open") location.assign(orderPage((replacedBy ?? rejected).orderID));
  if (answer !== "again") return false;
  draft.isAgain = true;
  if (replacedBy) draft.replaces = null; // that order keeps its first successor
  return true;
}

/**
 * Link the rejected order that a draft puts right to the order `stored` that the draft became. Links that failed before are
 * tried again. `onLinked` is called once nothing is left to do.
 */
export function linkTo(stored, draft, keep, onLinked) {
  note(draft, stored);
  keep();
  return link(draft, keep, onLinked);
}

/** Note the link that is due. A rejected order is what the draft puts right from now on. */
function note(draft, { orderID, status }) {
  const { replaces } = draft;
  if (replaces && replaces !== orderID) draft.links = { ...draft.links, [replaces]: orderID };
  draft.replaces = status === "rejected" ? orderID : null;
  draft.isAgain = false;
}

async function link(draft, keep, onLinked) {
  byId("link-failed").hidden = true;
  for (const [rejected, replacedBy] of Object.entries(draft.links ?? {})) {
    try {
      const body = { settled: { replacedBy } };
      showLinked(await call("PATCH", path(rejected), { body, keepalive: true }));
    } catch (error) {
      const isFinal = REFUSALS.includes(error.status);
      if (!sessionEnded(error)) showFailed(error, isFinal ? null : () => link(draft, keep, onLinked));
      if (!isFinal) return;
    }
    delete draft.links[rejected];
    keep();
  }
  onLinked();
}

function showLinked(rejected) {
  byId("linked").querySelector("span").replaceChildren(orderLink(rejected));
  byId("linked").hidden = false;
}

function showFailed({ message }, retry) {
  byId("link-failed").hidden = false;
  byId("link-failed-text").textContent = `It is not linked to the rejected order: ${message}`;
  byId("link-again").hidden = !retry;
  byId("link-again").onclick = retry;
  if (retry) addEventListener("connected", () => byId("link-failed").hidden || retry(), { once: true });
}
