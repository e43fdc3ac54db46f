// The page of one dead letter: why it is here, its content and its history, and what admins do about it.
import { showLetter } from "../dead/details.js";
import { follow, hideOutcome, showDiscarded } from "../dead/follow.js";
import { letterPath } from "../dead/letters.js";
import { showNext, wireOnward } from "../dead/onward.js";
import { showActions, wireActions } from "../dead/settle-one.js";
import { outcomeOf, todoOf } from "../dead/words.js";
import { Unreachable, call } from "../lib/api.js";
import { byId, show, showFailure } from "../lib/dom.js";
import { sessionEnded, start } from "../shell/shell.js";

const CHANGED =
  "Someone else has changed this letter meanwhile. Nothing was done. This is how it stands now.";
const UNKNOWN = "It may or may not have arrived. Doing it again is safe: nothing is sent or placed twice.";

const id = new URLSearchParams(location.search).get("id") ?? "";
const region = byId("letter");
let letter;
let isAdmin;
let reader;

async function load() {
  if (!id) return show(region, "missing");
  try {
    display(await call("GET", letterPath(id)));
    show(region, "shown");
  } catch (error) {
    if ([400, 404].includes(error.status)) show(region, "missing");
    else if (!sessionEnded(error)) showFailure(region, error, begin);
  }
  return region.setAttribute("aria-busy", "false");
}

function display(found) {
  letter = found;
  showLetter(letter);
  showActions(letter);
  byId("for-staff").hidden = isAdmin || !todoOf(letter); // where nothing is left to do
}

function notice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = !text;
  if (text) byId("notice").focus();
}

/** Show why something was not done, and the letter as it is now. */
async function explain(error) {
  if (sessionEnded(error)) return;
  hideOutcome();
  if ([404, 409, 412].includes(error.status)) await load();
  const isUnknown = error instanceof Unreachable || error.status >= 500;
  notice(error.status === 412 ? CHANGED : isUnknown ? `${error.message} ${UNKNOWN}` : error.message);
}

/** Show the letter that was sent, and what becomes of it. */
async function sent(found) {
  notice("");
  display(found);
  await follow(found, display).catch(explain);
  return showNext(reader, found);
}

async function discarded() {
  notice("");
  await load();
  await showNext(reader, letter);
  showDiscarded(letter);
}

async function begin() {
  await load();
  if (letter) showNext(reader, letter);
  // A letter that was sent in another tab, or before a reload.
  if (letter?.state === "sent" && outcomeOf(letter) === "waiting")
    await follow(letter, display).catch(explain);
}

start(async (who) => {
  reader = who;
  wireOnward(who, () => id);
  ({ isAdmin } = who);
  byId("letter-actions").hidden = !isAdmin;
  if (isAdmin) wireActions({ letter: () => letter ?? { id }, who, sent, discarded, explain });
  await begin();
});
