// The form for a new account: address and password, then the code from the mail. Both sites have it.
import { byId } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";
import { asApp, onSend, revealPasswords, showRefusal } from "./accounts.js";
import { bareCode, CodePage } from "./code-page.js";

let region;
let page;
/** Return the app client that may write an address. Nobody can sign in with it. */
const client = () => ({ ClientId: region.dataset.clientId });

/** Wire the form. Its fields beside the password are attributes of the account. */
export function offerAccount() {
  region = byId("sign-up");
  page = new CodePage(region, "order-desk:sign-up");
  onSend(byId("sign-up-form"), signUp);
  onSend(byId("code-form"), confirm);
  revealPasswords();
  byId("resend").onclick = resend;
  byId("enter-code").onclick = () => {
    page.awaitCode(byId("sign-up-form").elements.email.value);
    resend();
  };
  if (page.email) page.show("code");
}

async function signUp({ password: Password, ...attributes }) {
  byId("known").hidden = true;
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value: Value.trim() }));
  const { email: address } = attributes;
  try {
    await asApp("SignUp", { Username: address, Password, UserAttributes, ...client() });
  } catch (error) {
    byId("known").hidden = error.code !== "UsernameExistsException";
    throw error;
  }
  page.awaitCode(address);
}

async function confirm({ code }) {
  try {
    await asApp("ConfirmSignUp", { ...client(), Username: page.email, ConfirmationCode: bareCode(code) });
  } catch (error) {
    if (error.code === "NotAuthorizedException")
      error.message = "This account is confirmed already. Sign in.";
    throw error;
  }
  page.show("done");
  page.forget();
}

async function resend() {
  page.showResent("");
  clearErrors(region);
  try {
    await asApp("ResendConfirmationCode", { ...client(), Username: page.email });
  } catch (error) {
    // Cognito answers with this error for a confirmed account, and sometimes for an address without an account.
    if (error.code !== "InvalidParameterException") return showRefusal(region, error);
  }
  return page.showResent("If this account still waits for its code, a new one is on its way.");
}
