// The form that replaces a forgotten password. It never shows whether an address has an account. Both sites have it.
import { byId } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";
import { Refusal, asApp, onSend, revealPasswords, showRefusal } from "./accounts.js";
import { bareCode, CodePage } from "./code-page.js";

// Errors of Cognito that show that an account does not exist, was never used, or has an unconfirmed address.
const REVEALING = [
  "InvalidParameterException",
  "NotAuthorizedException",
  "UserNotConfirmedException",
  "UserNotFoundException",
];
let region;
let page;

/** Wire the form. */
export function offerNewPassword() {
  region = byId("forgotten");
  page = new CodePage(region, "order-desk:forgotten");
  onSend(byId("address-form"), start);
  onSend(byId("password-form"), change);
  revealPasswords();
  byId("resend").onclick = resend;
  if (!page.email) return;
  page.show("code");
  fillEmail();
}

async function requestCode(address) {
  try {
    await asApp("ForgotPassword", { Username: address });
  } catch (error) {
    if (!REVEALING.includes(error.code)) throw error;
  }
}

async function start({ email: address }) {
  await requestCode(address);
  page.awaitCode(address);
  fillEmail();
}

async function change({ code, password }) {
  const request = { Username: page.email, ConfirmationCode: bareCode(code), Password: password };
  try {
    await asApp("ConfirmForgotPassword", request);
  } catch (error) {
    throw REVEALING.includes(error.code) ? new Refusal("CodeMismatchException") : error;
  }
  page.forget();
  page.show("done");
}

async function resend() {
  page.showResent("");
  clearErrors(region);
  await requestCode(page.email).then(
    () => page.showResent("If there is an account, a new code is on its way."),
    (error) => showRefusal(region, error),
  );
}

/** Give password managers the address that the new password belongs to. */
function fillEmail() {
  byId("password-form").elements.email.value = page.email;
}
