// What every signed-in page has: who is here, sign-out, the announcement for screen readers, the ended session.
import { SignedOut, forget, person, signIn, signOut, token } from "./session.js";
import { byId, fill } from "./dom.js";

/** Runs a page for someone who is signed in; anyone else signs in first and comes back here. */
export async function start(page) {
  try {
    await token();
  } catch (error) {
    if (error instanceof SignedOut) return signIn();
    // The sign-in service cannot be reached: the page's own call will say so, with a way to try again.
  }
  const who = person();
  fill(byId("account"), { email: who.email }).hidden = false;
  const tabs = new BroadcastChannel("order-desk:sign-out");
  tabs.onmessage = () => forget() ?? sessionEnded(new SignedOut("You have signed out in another tab."));
  byId("sign-out").onclick = () => tabs.postMessage(null) ?? signOut();
  byId("sign-in-again").onclick = () => signIn();
  addEventListener("pageshow", (event) => event.persisted && !person() && signIn()); // "back" after a sign-out
  return page(who);
}

/** Handles an ended session wherever a call may meet one. Returns whether the error was that. */
export function sessionEnded(error) {
  if (!(error instanceof SignedOut)) return false;
  const dialog = byId("session-ended");
  if (!dialog.open) dialog.showModal();
  return true;
}

/** Says something that is seen anyway to those who do not see it. */
export function announce(text) {
  byId("announcement").textContent = text;
}
