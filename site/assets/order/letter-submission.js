// The sending of a dead letter with mended content, and the wait until it is placed, rejected or back. Both can be repeated,
// because the ID of the order is the same.
import { Unreachable, call } from "../lib/api.js";
import { person } from "../lib/session.js";
import { decided } from "./submission.js";

const FINAL = [400, 403, 404, 409, 412, 413, 415]; // statuses that a letter gets at every try

const NO_REASON = "It could not be processed this time either, and nobody could note why.";

export const pathOf = (id) => `/dead-letters/${encodeURIComponent(id)}`;

/** Send the letter with this document in place of its content. An error has what those of submission.js have. */
export async function sendMended(document, letter) {
  try {
    await call("POST", `${pathOf(letter.id)}/redrive`, { body: { body: document }, version: letter.version });
  } catch (error) {
    if ([409, 412].includes(error.status) && (await hasArrived(letter))) return; // an earlier try, whose answer was lost
    error.unknown = error instanceof Unreachable || error.status >= 500;
    error.ofDocument = FINAL.includes(error.status);
    throw error;
  }
}

/** Whether this person sent the letter since the draft began. Otherwise the next try is for the letter as it is now. */
async function hasArrived(letter) {
  const now = await call("GET", pathOf(letter.id)).catch(() => null);
  if (!now) return false;
  const since = now.history.slice(letter.entries);
  const { email } = person();
  const isOwn = since.some(({ event, by }) => event === "mended" && by === email);
  if (!isOwn) Object.assign(letter, { version: now.version, entries: now.history.length });
  return isOwn;
}

/** Resolve to the order once it is placed or rejected. If the letter came back, the error has it as `returned`. */
export function decidedOrReturned(orderID, onSlow, letter) {
  return decided(orderID, onSlow, async () => {
    const now = await call("GET", pathOf(letter.id)).catch(() => null); // the next try reads it again
    if (now?.state !== "open") return;
    Object.assign(letter, { version: now.version, entries: now.history.length });
    throw Object.assign(new Error(now.history.at(-1).reason || NO_REASON), { returned: now });
  });
}
