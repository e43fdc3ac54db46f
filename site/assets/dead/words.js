// Dead letters in the words of the pages: kinds, states, and what may be done with them.
import { isolated } from "../lib/format.js";
import { adviceOf } from "./advice.js";

const KINDS = {
  orders: "Order not processed",
  notifications: "Mail not sent",
  views: "Change not counted",
  webhooks: "Event not sent",
  pages: "Page not made",
  mails: "Mail to a customer not sent",
};

const STATES = { open: "To look at", sending: "Half sent", sent: "Sent again", discarded: "Discarded" };

const EVENTS = {
  received: "Put aside",
  sent: "Sent again",
  mended: "Mended and sent again",
  returned: "Came back",
  repeated: "Came once more",
  discarded: "Discarded",
};

/** Return the kind of a dead letter, by its source. A source of a later release keeps its own name. */
export const kindOf = ({ source }) => KINDS[source] ?? source;
export const stateName = (state) => STATES[state] ?? state;
export const eventOf = ({ event }) => EVENTS[event] ?? event;

const LACKS_CHANGE = "Tell whoever looks after the system. Discard it once it is not needed any more.";

const isOpen = ({ state }) => ["open", "discarded"].includes(state);

/** Whether the content of a letter was erased with its order. Lists do not say so, because they lack the content. */
export const isErased = ({ body }) => body === "";

/** Whether the content of a letter can be mended. What is under way goes again as it is. */
export const isMendable = (letter) => letter.source === "orders" && isOpen(letter) && !isErased(letter);

/** Whether a letter about a change has none. Lists do not say so, because they lack the content. */
const lacksChange = ({ source, body, change }) =>
  !["orders", "webhooks", "pages", "mails"].includes(source) && body !== undefined && !change;

/** Return why a letter cannot be sent again as it is, in a sentence, or "". */
export function whyNotSent(letter) {
  const { mend, isGone } = adviceOf(letter);
  if (!isOpen(letter)) return "";
  if (isErased(letter)) return "The order was erased, and the content of this letter with it.";
  if (isGone) return "Its content is gone, so it cannot be sent again.";
  if (lacksChange(letter)) return "It does not say which order changed, so it cannot be sent again.";
  return mend ? "Sent as it is, it would only come back: mend it first." : "";
}

/** Return what to do about a letter, in a sentence, or "" if there is nothing left to do. */
export function todoOf(letter) {
  if (["sent", "discarded"].includes(letter.state)) return "";
  return isOpen(letter) && lacksChange(letter) ? LACKS_CHANGE : adviceOf(letter).todo;
}

/** Return why a letter cannot be discarded, in a sentence, or "". A change that is half sent may be too old to go again. */
export const whyNotDiscarded = ({ state, source }) =>
  ({
    open: "",
    sending: source === "orders" ? "It is half sent: send it again, which ends the sending." : "",
    sent: "It was sent again, so there is nothing left to discard.",
    discarded: "It is discarded already.",
  })[state] ?? "";

/** Return what names a letter: the customer, or else the order, or else how the content begins. */
export const nameOf = ({ customerName, orderID, excerpt }) =>
  customerName ||
  (orderID ? `Order ${orderID.slice(0, 8)}` : excerpt ? `“${isolated(excerpt)}”` : "No customer known");

/** Return what tells a letter apart from others with its name: its order, or else a number of its own. */
export function markOf({ id, source, orderID, customerName }) {
  if (orderID) return customerName ? orderID.slice(0, 8) : "";
  return `${source === "pages" ? "" : "no order ID, "}letter ${id.replace(/^(orders|notifications|views|webhooks|pages|mails)-(lost-)?/, "").slice(0, 8)}`;
}

/** Whether a letter was sent again, failed again and waits once more. */
export const isBack = ({ state, returnedAt }) => state === "open" && Boolean(returnedAt);

/**
 * Return what became of a letter that was sent: "placed" or "rejected" with the stored order, "done" for a mail or a change,
 * "returned" if it failed again, or "waiting". A letter that nobody sent is "returned" or "discarded" like any other at rest.
 */
export function outcomeOf({ source, state, stored }) {
  if (state === "discarded") return "discarded";
  if (state === "open") return "returned";
  if (state === "sent" && source !== "orders") return "done";
  if (!stored) return "waiting";
  return stored.status === "rejected" ? "rejected" : "placed";
}
