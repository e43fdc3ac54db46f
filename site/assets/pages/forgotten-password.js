// Another password for who forgot theirs. Nothing here tells whether an address has an account.
import { Refusal, asApp, onSend, revealPasswords, showRefusal } from "../account/accounts.js";
import { byId, fill, show } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";

const KEPT = "order-desk:forgotten"; // the address that waits for its code: who reads the mail may leave this page
// What Cognito may say of an account that is not there, never used, or whose address is not confirmed.
const TELLING = [
  "InvalidParameterException",
  "NotAuthorizedException",
  "UserNotConfirmedException",
  "UserNotFoundException",
];
const page = byId("forgotten");
const email = () => sessionStorage.getItem(KEPT);
const say = (text) => (byId("resent").textContent = text);

function go(state) {
  clearErrors(page);
  show(page, state);
  fill(page, { email: email() });
  say("");
  byId("password-form").elements.email.value = email() ?? "";
  page.querySelector(`[data-when="${state}"] h1`).focus();
}

async function ask(address) {
  try {
    await asApp("ForgotPassword", { Username: address });
  } catch (error) {
    if (!TELLING.includes(error.code)) throw error;
  }
}

async function start({ email: address }) {
  await ask(address);
  sessionStorage.setItem(KEPT, address);
  go("code");
}

async function change({ code, password }) {
  const asked = { Username: email(), ConfirmationCode: code.trim(), Password: password };
  try {
    await asApp("ConfirmForgotPassword", asked);
  } catch (error) {
    throw TELLING.includes(error.code) ? new Refusal("CodeMismatchException") : error;
  }
  sessionStorage.removeItem(KEPT);
  go("done");
}

async function resend() {
  say("");
  clearErrors(page);
  await ask(email()).then(
    () => say("If there is an account, a new code is on its way."),
    (error) => showRefusal(page, error),
  );
}

onSend(byId("address-form"), start);
onSend(byId("password-form"), change);
revealPasswords();
byId("resend").onclick = resend;
byId("start-over").onclick = () => sessionStorage.removeItem(KEPT) ?? go("form");
if (email()) go("code");
