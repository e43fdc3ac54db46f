// Every signed-in page: who is here, sign-out, the ended session.
import { byId, fill } from "../lib/dom.js";
import { SignedOut } from "../lib/cognito.js";
import { forget, letIn, person, signIn, signOut, token } from "../lib/session.js";
import { needed } from "./connection.js";
import { searchFromElsewhere } from "./keys.js";

/**
 * Runs a page for a person who is signed in; anybody else signs in first and comes back. An account that has not been
 * let in sees that instead, except on a page for `anyone`.
 */
export async function start(page, { anyone = false } = {}) {
  try {
    await token();
  } catch (error) {
    if (error instanceof SignedOut) return signIn();
    // The sign-in service cannot be reached: the page's own call will show that, with a way to try again.
  }
  const who = person();
  fill(byId("account"), { email: who.email }).hidden = false;
  wireSignOut();
  addEventListener("pageshow", (event) => event.persisted && !person() && signIn()); // "back" after a sign-out
  if (!anyone && !letIn(who)) return showNoAccess();
  await page(who);
  return searchFromElsewhere();
}

/** A sign-out in one tab ends the session in all tabs. */
function wireSignOut() {
  const tabs = new BroadcastChannel("order-desk:sign-out");
  tabs.onmessage = () => {
    forget();
    sessionEnded(new SignedOut("You have signed out in another tab."));
  };
  byId("sign-out").onclick = () => {
    tabs.postMessage(null);
    signOut();
  };
  byId("sign-in-again").onclick = () => signIn();
}

const showNoAccess = () => needed(() => import("./no-access.js")).then((state) => state.show());

/** Handles an ended session, or one without access, after any call. Returns whether the error was one of these. */
export function sessionEnded(error) {
  if (error.status === 403 && !letIn(person())) {
    showNoAccess();
    return true;
  }
  if (!(error instanceof SignedOut)) return false;
  const dialog = byId("session-ended");
  if (!dialog.open) dialog.showModal();
  return true;
}
