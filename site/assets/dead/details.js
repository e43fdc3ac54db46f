// One dead letter on its page: why it is here, its content, and its history.
import { setting } from "../lib/cognito.js";
import { byId, fill, stamp } from "../lib/dom.js";
import { folded } from "../lib/folded.js";
import { count, orderNumber, statusName, time } from "../lib/format.js";
import { link, orderLink } from "../lib/links.js";
import { person } from "../lib/session.js";
import { channelName } from "../order/channel.js";
import { reasonOf } from "../order/reasons.js";
import { adviceOf, whyOf } from "./advice.js";
import { contentOf, toldChange } from "./content.js";
import { entry, noted } from "./history.js";
import { isErased, kindOf, markOf, nameOf, stateName, todoOf, whyNotSent } from "./words.js";

const ORDER_ID = { where: "Order ID", message: "is missing or cannot be used" };

const ACCOUNT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/; // the ID of an account, as Cognito makes them

export function showLetter(letter) {
  document.title = `${kindOf(letter)} · Order desk`;
  fill(byId("letter"), {
    kind: kindOf(letter),
    state: stateName(letter.state),
    id: letter.id,
    name: letter.customerName ? `For ${letter.customerName}` : named(letter),
    what: isErased(letter) ? "It was settled when its order or its customer was erased." : whyOf(letter),
    todo: todoOf(letter),
    limits: limitsOf(letter),
    ...folded("faults", letter.faults ?? [], fault),
    reasons: letter.history.filter(({ reason }) => reason).map(noted),
    ...aboutOf(letter),
    ...contentSlots(letter),
    written: letter.source === "orders" && !letter.order ? (letter.original ?? letter.body) : "",
    body: letter.original ?? letter.body,
    history: letter.history.map(entry).toReversed(),
  });
  byId("letter").querySelector(".letter-state").dataset.state = letter.state;
}

const named = (letter) => [nameOf(letter), markOf(letter)].filter(Boolean).join(" · ");

/** Return why the letter cannot be sent, as long as somebody has to look at it. One that must be mended says so as what to do. */
const limitsOf = (letter) => (letter.state === "open" && !adviceOf(letter).mend ? whyNotSent(letter) : "");

/** The order is as it was submitted, so that a fault names a line by its place alone. */
const fault = (one) => stamp("fault", one.path === "orderID" ? ORDER_ID : reasonOf({ submitted: true }, one));

function aboutOf(letter) {
  const { source, stored, sentAs, orderID, advice } = letter;
  const isOther = advice === "id-taken" && !sentAs;
  return {
    stored: stored && [orderLink(stored), ` · ${statusName(stored.status)}`],
    "stored-label": stored && storedLabel(letter, isOther),
    orderID: orderID ?? (source === "pages" ? "" : "none"),
    newOrderID: otherID(letter),
    customerName: letter.customerName,
    accepted: letter.acceptedAt ? time(letter.acceptedAt) : "unknown",
    received: time(letter.receivedAt),
    tries: count(letter.tries, "time"),
    channel: letter.channel && channelName(letter.channel),
    submittedBy: senderOf(letter),
  };
}

/** Return the sender, whose account admins can look up if only its ID is known: a lost order has no name. */
function senderOf({ submittedBy = "", channel }) {
  if (channel === "operator") return "Somebody with access to AWS, by hand";
  return ACCOUNT.test(submittedBy) && person()?.isAdmin
    ? link(`/people.html?${new URLSearchParams({ q: submittedBy })}`, "the account that sent it")
    : submittedBy;
}

/** Return the ID under which an order was sent or will be, if that is not the ID in its content. */
function otherID(letter) {
  const { source, advice, orderID, sentAs, newOrderID } = letter;
  if (sentAs) return sentAs === orderID ? "" : sentAs;
  const isNew = source === "orders" && (!orderID || advice === "id-taken");
  return isNew && !isErased(letter) ? newOrderID : "";
}

const storedLabel = ({ source }, isOther) =>
  isOther ? "Stored order with this ID" : source === "orders" ? "Became order" : "Order";

function contentSlots({ source, order, change, body }) {
  const empty = {
    ...folded("others", [], fact),
    change: "",
    customer: "",
    lines: "",
    charges: "",
    notes: "",
    unreadable: "",
  };
  if (change) return { ...empty, change: `${toldChange(change)}${numberOf(change)}.` };
  if (!order) return { ...empty, unreadable: body ? unreadable(source) : "Its content was erased." };
  const { facts, lines, charges, notes, others } = contentOf(order, setting("currency"));
  return {
    ...empty,
    customer: facts.map(fact),
    lines: lines.map((line) => stamp("content-line", line)),
    charges: charges.map(fact),
    notes,
    ...folded("others", others, fact),
  };
}

const numberOf = ({ number }) => (number ? ` (${orderNumber({ orderID: "", number })})` : "");

const unreadable = (source) =>
  source === "orders"
    ? "No order can be read from the message. This is its text:"
    : "It does not say what changed, nor how.";

const fact = ({ name, text }) => stamp("fact", { name, text: text || "–" });
