// The rows of the list of dead letters, with tick boxes for admins that stay ticked from page to page.
import { byId, stamp } from "../lib/dom.js";
import { isolated, time } from "../lib/format.js";
import { deadLetterPage } from "../lib/links.js";
import { TickRows } from "../lib/tick-rows.js";
import { shortOf } from "./advice.js";
import { isBack, kindOf, markOf, nameOf, stateName } from "./words.js";

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
  const { id, acceptedAt, receivedAt, tries } = letter;
  const name = nameOf(letter);
  const element = stamp("letter-row", {
    name,
    mark: markOf(letter),
    kind: kindOf(letter),
    state: stateOf(letter, withState),
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

/** Return the state for a row. That of a letter that came back is shown in each list, because somebody tried it before. */
function stateOf(letter, withState) {
  if (isBack(letter)) return ["Came back ", time(letter.returnedAt)];
  return withState ? stateName(letter.state) : "";
}
