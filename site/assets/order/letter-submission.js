// The sending of a dead letter with mended content, and the wait until it is placed, rejected or back. Both can be repeated,
// because the ID of the order is the same.
import { whyOf } from "../dead/advice.js";
import { Unreachable, call } from "../lib/api.js";
import { person } from "../lib/session.js";
import { decided } from "./submission.js";

const FINAL = [400, 403, 404, 409, 412, 413, 415]; // statuses that a letter gets at every try

const SENT_MEANWHILE =
  "Somebody sent the dead letter meanwhile, in another tab or at another desk. What you typed here was not sent: compare it with the order that the dead letter leads to.";
const CHANGED_MEANWHILE =
  "Somebody changed the dead letter meanwhile. Look at it; if this order is still wanted, send it once more.";

export const pathOf = (id) => `/dead-letters/${encodeURIComponent(id)}`;

/** Send the letter with this document in place of its content. An error has what those of submission.js have. */
export async function sendMended(document, letter) {
  try {
    await call("POST", `${pathOf(letter.id)}/redrive`, { body: { body: document }, version: letter.version });
  } catch (error) {
    if ([409, 412].includes(error.status)) {
      const now = await call("GET", pathOf(letter.id)).catch(() => null);
      if (now && isOwn(now, document, letter)) return; // an earlier try, whose answer was lost
      if (now) takeOver(now, letter, error);
    }
    error.unknown = error instanceof Unreachable || error.status >= 500;
    error.ofDocument = FINAL.includes(error.status);
    throw error;
  }
}

/** Whether this person sent the letter with this document since the draft began. Another tab may have sent other content. */
function isOwn(now, document, letter) {
  const { email } = person();
  const since = now.history.slice(letter.entries);
  const isSent = since.some(({ event, by }) => ["mended", "sent"].includes(event) && by === email);
  return isSent && isSameDocument(now.body, document);
}

function isSameDocument(body, document) {
  try {
    return JSON.stringify(JSON.parse(body)) === JSON.stringify(document);
  } catch {
    return false; // the content is no JSON, so it is not from this form
  }
}

/** Make the next try one for the letter as it is now, and say what happened to it, if something did. */
function takeOver(now, letter, error) {
  const isSent = ["sending", "sent"].includes(now.state);
  const isChanged = now.history.length > letter.entries;
  if (isSent || isChanged) error.message = isSent ? SENT_MEANWHILE : CHANGED_MEANWHILE;
  Object.assign(letter, { version: now.version, entries: now.history.length });
}

/** Resolve to the order once it is placed or rejected. If the letter came back, the error has it as `returned`. */
export function decidedOrReturned(orderID, onSlow, letter) {
  return decided(orderID, onSlow, async () => {
    const now = await call("GET", pathOf(letter.id)).catch(() => null); // the next try reads it again
    if (now?.state !== "open") return;
    Object.assign(letter, { version: now.version, entries: now.history.length });
    throw Object.assign(new Error(whyOf(now)), { returned: now });
  });
}
