// The result of a dead letter that was sent again: the page reads it every second, until it is decided or 30 s have passed.
import { Refused, Unreachable, call } from "../lib/api.js";
import { byId, fill, show } from "../lib/dom.js";
import { orderLink } from "../lib/links.js";
import { whyOf } from "./advice.js";
import { letterPath } from "./letters.js";
import { outcomeOf } from "./words.js";

const POLL_MS = 1_000;
const POLLS = 30;
const POLLS_OF_DONE = 4;

const panel = byId("progress");
let latest; // the sending that is followed; an earlier one ends

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Show what becomes of a letter. `display(letter)` shows the letter as it then is, and errors that do not pass are thrown. */
export async function follow(letter, display) {
  const own = (latest = Symbol("sending"));
  let now = letter;
  enter(now, "waiting");
  for (let polls = 0; isUndecided(now, polls); polls += 1) {
    if (polls >= POLLS) return enterSlow(now, display);
    await pause(POLL_MS);
    now = (await readAgain(now.id)) ?? now;
    if (own !== latest) return undefined;
  }
  display(now);
  return enter(now, outcomeOf(now));
}

/** Whether the next look may show more. A mail or a change that fails comes back within seconds. */
function isUndecided(letter, polls) {
  const outcome = outcomeOf(letter);
  return outcome === "waiting" || (outcome === "done" && polls < POLLS_OF_DONE);
}

/** Resolve to the letter, or to nothing if the API may answer the next call. */
async function readAgain(id) {
  try {
    return await call("GET", letterPath(id));
  } catch (error) {
    const passing =
      error instanceof Unreachable ||
      (error instanceof Refused && (error.status === 429 || error.status >= 500));
    if (!passing) throw error;
    return undefined;
  }
}

export function hideOutcome() {
  latest = undefined;
  panel.hidden = true;
}

const DONE = {
  notifications: "The mail was made again. If it fails once more, the letter comes back here.",
  views: "The change was counted again. If it fails once more, the letter comes back here.",
  webhooks: "The event goes to the shop again. If it fails here once more, the letter comes back.",
  pages: "The pages are made again. If that fails once more, the letter comes back here.",
};

/** Show that the letter was discarded. */
export function showDiscarded(letter) {
  latest = undefined;
  enter(letter, "discarded");
}

/** Show the panel in one of its states, and move the focus to it. */
function enter(letter, state) {
  const { source, stored } = letter;
  fill(panel, {
    placed: stored && orderLink(stored),
    rejected: stored && orderLink(stored),
    done: DONE[source] ?? "It was processed.",
    returned: whyOf(letter),
  });
  show(panel, state);
  byId("onward").hidden = state === "waiting";
  panel.hidden = false;
  panel.focus();
}

function enterSlow(letter, display) {
  enter(letter, "slow");
  byId("look-again").onclick = () => follow(letter, display);
}
