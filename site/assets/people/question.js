// The question before an account is disabled or let in, in the dialog of a person.
import { byId, show } from "../lib/dom.js";
import { isAddress } from "./words.js";

const asking = byId("person-dialog");
const questionForm = byId("question-form");

const OTHER_HANDS =
  "Ask the person first whether they opened this account with a password of their own. Somebody else may have done so with their address.";

/** Ask whether to disable an account, and call `disable` if so. */
export function askToDisable({ email }, disable) {
  const text = `Disable ${email}? Nobody can sign in with the account, and its sessions end. What is open stays usable for 16 minutes at most.`;
  askFirst({ text, yes: "Disable", typed: "" }, disable);
}

/** Ask for the address of a person who waits, because one with other letters may look the same. Then call `letIn`. */
export function askToLetIn({ email }, letIn) {
  askFirst({ text: OTHER_HANDS, yes: "Let in", typed: email }, letIn);
}

function askFirst({ text, yes, typed }, act) {
  byId("question").textContent = text;
  byId("question-yes").textContent = yes;
  byId("typed-field").hidden = !typed;
  byId("typed-address").value = byId("typed-error").textContent = "";
  questionForm.onsubmit = (event) => {
    event.preventDefault();
    const isRight = !typed || isAddress(byId("typed-address").value, typed);
    byId("typed-error").textContent = isRight ? "" : "This is another address than that of the account.";
    if (!isRight) return byId("typed-address").focus();
    goBack();
    return act();
  };
  byId("question-back").onclick = goBack;
  show(asking, "asking");
  (typed ? byId("typed-address") : byId("question-back")).focus();
}

function goBack() {
  show(asking, "shown");
  byId("person-title").focus();
}
