// The state of a page for an account without access, with a button that checks the access again.
import { byId, fill } from "../lib/dom.js";
import { SignedOut } from "../lib/cognito.js";
import { hasAccess, person, signIn, token } from "../lib/session.js";

const showChecked = (text) => fill(byId("no-access"), { checked: text });

async function checkAgain() {
  showChecked("");
  try {
    await token({ fresh: true });
  } catch (error) {
    if (error instanceof SignedOut) return signIn();
    return showChecked("This could not be checked just now. Try again in a moment.");
  }
  if (hasAccess(person())) return location.reload();
  return showChecked(`Not yet. Checked at ${new Date().toLocaleTimeString()}.`);
}

/** Show this state in place of the page's content. */
export function show() {
  document.body.dataset.access = "none";
  fill(byId("no-access"), { email: person().email }).hidden = false;
  byId("check-again").onclick = checkAgain;
  byId("no-access-title").focus();
  document.title = document.title.replace(/^.*?(?= · )/, "No access yet");
}
