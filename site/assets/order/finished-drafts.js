// The drafts of orders that are sent or discarded. What could not be deleted is tried again at the next visit of the page.
import { call } from "../lib/api.js";

const finishedIn = (who) => `order-desk:finished-drafts:${who.email}`;

/** Return the IDs of the drafts that are still to be deleted. */
export function finishedDrafts(who) {
  try {
    return JSON.parse(localStorage.getItem(finishedIn(who))) ?? [];
  } catch {
    return []; // the stored text is no list; the next sent order replaces it
  }
}

function keepFinished(who, ids) {
  if (ids.length) localStorage.setItem(finishedIn(who), JSON.stringify(ids));
  else localStorage.removeItem(finishedIn(who));
}

/** Delete the draft of an order that is sent or discarded, once it is `saved`, or at a later visit. */
export async function finishDraft(who, orderID, saved) {
  keepFinished(who, [...new Set([...finishedDrafts(who), orderID])]);
  await saved;
  return deleteFinished(who);
}

/** Delete the drafts that are still to be deleted, until a call fails. */
export async function deleteFinished(who) {
  for (const orderID of finishedDrafts(who)) {
    try {
      await call("DELETE", `/drafts/${orderID}`, { keepalive: true });
    } catch (error) {
      if (error.status !== 404) return; // 404: it is deleted already
    }
    keepFinished(
      who,
      finishedDrafts(who).filter((id) => id !== orderID),
    );
  }
}
