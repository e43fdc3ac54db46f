// The page for a new account: address and password, then the code from the mail. An admin gives the account access later.
import { asApp, onSend, revealPasswords, showRefusal } from "../account/accounts.js";
import { CodePage } from "../account/code-page.js";
import { byId } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";

const region = byId("sign-up");
const page = new CodePage(region, "order-desk:sign-up");
// The app client that may write an address. Nobody can sign in with it.
const { clientId: ClientId } = region.dataset;

async function signUp({ email: address, password }) {
  byId("known").hidden = true;
  const UserAttributes = [{ Name: "email", Value: address }];
  try {
    await asApp("SignUp", { Username: address, Password: password, UserAttributes, ClientId });
  } catch (error) {
    byId("known").hidden = error.code !== "UsernameExistsException";
    throw error;
  }
  page.awaitCode(address);
}

async function confirm({ code }) {
  try {
    await asApp("ConfirmSignUp", { ClientId, Username: page.email, ConfirmationCode: code.trim() });
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
    await asApp("ResendConfirmationCode", { ClientId, Username: page.email });
  } catch (error) {
    // Cognito answers with this error for a confirmed account, and sometimes for an address without an account.
    if (error.code !== "InvalidParameterException") return showRefusal(region, error);
  }
  return page.showResent("If this account still waits for its code, a new one is on its way.");
}

onSend(byId("sign-up-form"), signUp);
onSend(byId("code-form"), confirm);
revealPasswords();
byId("resend").onclick = resend;
byId("enter-code").onclick = () => {
  page.awaitCode(byId("sign-up-form").elements.email.value);
  resend();
};
if (page.email) page.show("code");
