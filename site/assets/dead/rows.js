// The rows of the list of dead letters, with tick boxes for admins that stay ticked from page to page.
import { byId, stamp } from "../lib/dom.js";
import { isolated, time } from "../lib/format.js";
import { deadLetterPage } from "../lib/links.js";
import { TickRows } from "../lib/tick-rows.js";
import { shortOf } from "./advice.js";
import { kindOf, nameOf, stateName } from "./words.js";

const body = byId("letter-rows");
const rows = new TickRows({ body, all: byId("all-on-page"), keyOf: ({ id }) => id });

/** The selected letters by ID. */
export const { chosen } = rows;
export const showSelection = () => rows.showChosen();

/** Show these letters in place of those on screen. */
export function showRows(letters, { isAdmin, withState }) {
  body.closest("table").classList.toggle("readable", !isAdmin);
  rows.show(letters, (letter) => row(letter, withState));
}

function row(letter, withState) {
  const { id, orderID, customerName, state, acceptedAt, receivedAt, tries } = letter;
  const name = nameOf(letter);
  const element = stamp("letter-row", {
    name,
    orderID: customerName ? (orderID?.slice(0, 8) ?? "no order ID") : orderID ? "" : "no order ID",
    kind: kindOf(letter),
    state: withState ? stateName(state) : "",
    reason: shortOf(letter),
    accepted: acceptedAt ? time(acceptedAt) : "–",
    received: time(receivedAt),
    tries: tries.toLocaleString(),
    unit: tries === 1 ? " try" : " tries",
  });
  element.querySelector("a").href = deadLetterPage(id);
  element.querySelector("input").ariaLabel = `Select ${isolated(name)}`;
  return element;
}
