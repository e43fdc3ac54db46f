// Somebody whose account nobody has let in yet: the page says so, and looks again when asked to.
import { byId, fill } from "../lib/dom.js";
import { SignedOut } from "../lib/cognito.js";
import { letIn, person, signIn, token } from "../lib/session.js";

const checked = (text) => fill(byId("no-access"), { checked: text });

async function checkAgain() {
  checked("");
  try {
    await token({ fresh: true });
  } catch (error) {
    if (error instanceof SignedOut) return signIn();
    return checked("This could not be checked just now. Try again in a moment.");
  }
  if (letIn(person())) return location.reload();
  return checked(`Not yet. Checked at ${new Date().toLocaleTimeString()}.`);
}

/** Shows it in place of whatever the page shows. */
export function show() {
  document.body.dataset.access = "none";
  fill(byId("no-access"), { email: person().email }).hidden = false;
  byId("check-again").onclick = checkAgain;
  byId("no-access-title").focus();
  document.title = document.title.replace(/^.*?(?= · )/, "No access yet");
}
