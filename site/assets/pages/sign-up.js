// A new account: address and password, then the code from the mail. Nobody has let it in yet.
import { asApp, onSend, revealPasswords, showRefusal } from "../account/accounts.js";
import { byId, fill, show } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";

const KEPT = "order-desk:sign-up"; // the address that waits for its code: who reads the mail may leave this page
const page = byId("sign-up");
const email = () => sessionStorage.getItem(KEPT);
const say = (text) => (byId("resent").textContent = text);

function go(state) {
  clearErrors(page);
  show(page, state);
  fill(page, { email: email() });
  say("");
  page.querySelector(`[data-when="${state}"] h1`).focus();
}

function awaitCode(address) {
  sessionStorage.setItem(KEPT, address);
  go("code");
}

async function signUp({ email: address, password }) {
  byId("known").hidden = true;
  const UserAttributes = [{ Name: "email", Value: address }];
  try {
    await asApp("SignUp", { Username: address, Password: password, UserAttributes });
  } catch (error) {
    byId("known").hidden = error.code !== "UsernameExistsException";
    throw error;
  }
  awaitCode(address);
}

async function confirm({ code }) {
  try {
    await asApp("ConfirmSignUp", { Username: email(), ConfirmationCode: code.trim() });
  } catch (error) {
    if (error.code === "NotAuthorizedException")
      error.message = "This account is confirmed already. Sign in.";
    throw error;
  }
  go("done");
  sessionStorage.removeItem(KEPT);
}

async function resend() {
  say("");
  clearErrors(page);
  try {
    await asApp("ResendConfirmationCode", { Username: email() });
  } catch (error) {
    // Said of an account that is confirmed, and now and then of one that is not there.
    if (error.code !== "InvalidParameterException") return showRefusal(page, error);
  }
  return say("If this account still waits for its code, a new one is on its way.");
}

onSend(byId("sign-up-form"), signUp);
onSend(byId("code-form"), confirm);
revealPasswords();
byId("resend").onclick = resend;
byId("enter-code").onclick = () => awaitCode(byId("sign-up-form").elements.email.value) ?? resend();
byId("start-over").onclick = () => sessionStorage.removeItem(KEPT) ?? go("form");
if (email()) go("code");
