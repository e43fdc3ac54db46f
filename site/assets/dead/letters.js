// Dead letters: their path in the API, their drafts in this tab, and the calls that settle them.
import { call } from "../lib/api.js";
import { draft } from "../lib/draft.js";
import { lines } from "../lib/text.js";

/** Return functions that load, save and clear the list of dead letters as the person left it: {address, trail, back}. */
export const lastLetters = (who) => draft("dead-letters", who);

/** Return the path of a dead letter in the API. */
export const letterPath = (id) => `/dead-letters/${encodeURIComponent(id)}`;

/** Send a letter again as it is. Resolve to the letter as it then is. The history keeps the note, which may be empty. */
export function sendAgain({ id, version }, note = "") {
  const text = lines(note);
  return call("POST", `${letterPath(id)}/redrive`, { body: text ? { note: text } : {}, version });
}

/** Discard a letter for a reason. */
export const discard = ({ id, version }, reason) =>
  call("DELETE", `${letterPath(id)}?${new URLSearchParams({ reason: lines(reason) })}`, { version });
