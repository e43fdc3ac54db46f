// The way on from a dead letter: to the next open one, and back to the list as the person left it.
import { announce } from "../lib/dom.js";
import { deadLetterPage } from "../lib/links.js";
import { linkBack } from "../lib/place-in-list.js";
import { keys } from "../shell/keys.js";
import { lastLetters } from "./letters.js";
import { nextLetter } from "./next.js";

const links = (name) => document.querySelectorAll(`[data-${name}]`);

/** Wire the links of the page back to the list, and the keys. `id()` is the letter on the page. */
export function wireOnward(who, id) {
  for (const link of links("to-letters")) linkBack(link, lastLetters(who), id);
  keys({
    j: ["Next open dead letter", goOn],
    u: ["Back to the dead letters", () => links("to-letters")[0].click()],
  });
}

/** Show the links to the next open letter, or the remark that there is none. Without an answer, show neither. */
export async function showNext(who, letter) {
  const next = await nextLetter(lastLetters(who).load()?.address, letter).catch(() => undefined);
  for (const link of links("next-letter")) {
    link.hidden = !next;
    if (next) link.href = deadLetterPage(next.id);
  }
  for (const remark of links("no-next-letter")) remark.hidden = next !== null;
}

function goOn() {
  const [link] = links("next-letter");
  if (link.hidden) announce("No other dead letter is to be looked at.");
  else location.assign(link.href);
}
