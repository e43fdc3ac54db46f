// The rows of the list of dead letters, with tick boxes for admins that stay ticked from page to page.
import { byId, stamp } from "../lib/dom.js";
import { isolated, time } from "../lib/format.js";
import { deadLetterPage } from "../lib/links.js";
import { shortOf } from "./advice.js";
import { kindOf, nameOf, stateName } from "./words.js";

/** The selected letters by ID, on this page of the list and on others. */
export const chosen = new Map();

const body = byId("letter-rows");
const all = byId("all-on-page");

/** Show these letters in place of those on screen. Selected letters are selected as they are now. */
export function showRows(letters, { isAdmin, withState }) {
  for (const letter of letters) if (chosen.has(letter.id)) chosen.set(letter.id, letter);
  body.closest("table").classList.toggle("readable", !isAdmin);
  body.replaceChildren(...letters.map((letter) => row(letter, withState)));
  all.disabled = !letters.length;
  showSelection();
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
  element.letter = letter;
  element.querySelector("a").href = deadLetterPage(id);
  element.querySelector("input").ariaLabel = `Select ${isolated(name)}`;
  return element;
}

const inOrder = () => [...body.children].filter((one) => one.letter);
const boxOf = (one) => one.querySelector("input");

let anchor; // where a range with Shift begins

/** Handle a click on a tick box, which made it `checked`. */
function picked(box, checked, shiftKey) {
  const order = inOrder();
  const own = box.closest("tr");
  const [first, last] = [order.indexOf(anchor), order.indexOf(own)].toSorted((a, b) => a - b);
  const range = shiftKey && first >= 0 ? order.slice(first, last + 1) : [own];
  for (const { letter } of box === all ? order : range)
    if (checked) chosen.set(letter.id, letter);
    else chosen.delete(letter.id);
  if (box !== all) anchor = own;
  showSelection();
}

/** Tick the boxes of the selected letters, and tell the bar below the list. */
export function showSelection() {
  const order = inOrder();
  for (const one of order) boxOf(one).checked = chosen.has(one.letter.id);
  const ticked = order.filter(({ letter }) => chosen.has(letter.id)).length;
  all.checked = ticked > 0 && ticked === order.length;
  all.indeterminate = ticked > 0 && !all.checked;
  body.dispatchEvent(new CustomEvent("selection", { bubbles: true, detail: { ticked } }));
}

body.closest("table").addEventListener("click", ({ target, shiftKey }) => {
  if (target.type === "checkbox") picked(target, target.checked, shiftKey);
});
