// The parts of every signed-in page: the person's address, sign-out, and the dialog for an ended session.
import { byId, fill } from "../lib/dom.js";
import { SignedOut } from "../lib/cognito.js";
import { prepareFormats } from "../lib/format.js";
import { forget, hasAccess, person, signIn, signOut, token } from "../lib/session.js";
import { loadModule } from "./connection.js";
import { searchFromElsewhere } from "./keys.js";
import { maySignOut } from "./unsaved.js";

/**
 * Run a page for a person who is signed in. Anybody else signs in first and then returns to the page. A person without
 * access sees the state of no-access.js instead of the page, unless the page is for `anyone`.
 */
export async function start(page, { anyone = false } = {}) {
  try {
    await token();
  } catch (error) {
    if (error instanceof SignedOut) return signIn();
    // The sign-in service cannot be reached. The page's own call shows this error, with a button to try again.
  }
  const who = person();
  fill(byId("account"), { email: who.email }).hidden = false;
  wireSignOut(who);
  addEventListener("pageshow", (event) => event.persisted && !person() && signIn()); // Back in the browser after a sign-out
  if (!anyone && !hasAccess(who)) return showNoAccess();
  const shown = page(who);
  setTimeout(prepareFormats);
  await shown;
  return searchFromElsewhere();
}

/** Wire the sign-out, which ends the session in all tabs of this browser. */
function wireSignOut(who) {
  const tabs = new BroadcastChannel("order-desk:sign-out");
  tabs.onmessage = () => {
    forget();
    sessionEnded(new SignedOut("You have signed out in another tab."));
  };
  byId("sign-out").onclick = async () => {
    if (!(await maySignOut(who))) return;
    tabs.postMessage(null);
    signOut();
  };
  byId("sign-in-again").onclick = () => signIn();
}

const showNoAccess = () => loadModule(() => import("./no-access.js")).then((state) => state.show());

/** Handle the error of a call if the session has ended or the person has no access. Return whether it was such an error. */
export function sessionEnded(error) {
  if (error.status === 403 && !hasAccess(person())) {
    showNoAccess();
    return true;
  }
  if (!(error instanceof SignedOut)) return false;
  const dialog = byId("session-ended");
  if (!dialog.open) dialog.showModal();
  return true;
}
