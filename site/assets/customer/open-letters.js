// The question about orders of a person that did not arrive, in the dialog of erase-person.js.
import { byId } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { deadLetterPage, link, orderPage } from "../lib/links.js";
import { discardWords, moreWords } from "./person-words.js";

const box = byId("erase-letters");
const SHOWN = 3; // links, so that the box stays on the screen of a phone
const OPEN_LETTERS = "/dead-letters.html?source=orders";

/** Show the box and links to the dead letters, or nothing if there are none. */
export function offerDiscard({ openLetters, firstOpenLetters }) {
  box.checked = false;
  byId("erase-open").hidden = !openLetters;
  byId("erase-letters-label").textContent = discardWords(openLetters);
  const shown = firstOpenLetters.slice(0, SHOWN).map(letterLink);
  const more = moreWords(openLetters - shown.length);
  const rest = more ? [link(OPEN_LETTERS, more)] : [];
  byId("erase-letters-list").replaceChildren(...[...shown, ...rest].map(item));
}

/** Whether orders did not arrive, and nobody has said that they go too. The box has the focus then. */
export function mustDiscard() {
  const isMissing = !byId("erase-open").hidden && !box.checked;
  if (isMissing) box.focus();
  return isMissing;
}

/** Whether somebody has said that these orders go too. */
export const isDiscarding = () => box.checked;

/** Return the address of the page about the field of a refusal: the ID of an order or of its dead letter, or the missing word. */
export function pageOf(path) {
  if (path === "discardDeadLetters") return OPEN_LETTERS;
  return path.startsWith("orders-") ? deadLetterPage(path) : orderPage(path);
}

function letterLink({ id, orderID, acceptedAt, receivedAt }) {
  const found = link(deadLetterPage(id), orderID ? `Order ${orderID.slice(0, 8)} of ` : "Dead letter of ");
  found.append(time(acceptedAt ?? receivedAt));
  return found;
}

function item(content) {
  const element = document.createElement("li");
  element.append(content);
  return element;
}
