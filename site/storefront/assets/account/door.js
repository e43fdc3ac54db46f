// Pages for people who are signed in, and the way in for others.
import { SignedOut } from "../../../assets/lib/cognito.js";
import { byId, show, showFailure } from "../../../assets/lib/dom.js";
import { forget, person, signIn } from "../../../assets/lib/session.js";
import { sync } from "../cart/sync.js";
import { isFocusLost } from "./rows.js";

const PAUSE_MS = 400;
let later;

/** Bring the cart of the account up to date after a pause, because several presses come together. */
export function syncSoon() {
  clearTimeout(later);
  return new Promise((resolve, reject) => {
    later = setTimeout(() => sync().then(resolve, reject), PAUSE_MS);
  });
}

/**
 * Leave for the sign-in. Its hosted pages are not in the way of the button "Back" after that, because the last page of them leads
 * back to this one. A new entry of this page ends the history, so that its length tells how far that is.
 */
export function leaveForSignIn(then) {
  history.replaceState({ next: then }, "");
  history.pushState(null, "");
  sessionStorage.setItem("shop:entries", String(history.length - 1));
  return signIn(then);
}

/** Show a page to somebody who is signed in. Others are offered to sign in, and come back to this address. */
export function enter(region, load) {
  const here = location.pathname + location.search;
  byId("door-sign-in").onclick = () => leaveForSignIn(here);
  byId("door-sign-up").href = `/sign-up?then=${encodeURIComponent(here)}`;
  addEventListener("pageshow", ({ persisted }) => persisted && person() && tryTo(region, load));
  if (!person()) return show(region, "door");
  return tryTo(region, load);
}

/** Load a page, and show its failure with a button that tries again. */
export async function tryTo(region, load) {
  try {
    await load();
  } catch (error) {
    if (!leftFor(error)) showFailure(region, error, () => tryTo(region, load).then(focusPage));
  }
  region.ariaBusy = null;
}

/** Move the focus to what a page shows after a press that has hidden its own button. */
const focusPage = () => isFocusLost() && byId("main").focus();

/** Whether an error is the end of the session. The customer is then on the way to the sign-in, and comes back here. */
export function leftFor(error) {
  if (!(error instanceof SignedOut)) return false;
  forget();
  leaveForSignIn();
  return true;
}
