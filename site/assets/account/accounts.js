// Calls of Cognito's public API about a person's own account, and the forms for them.
import { clearErrors, showErrors } from "../lib/form-errors.js";
import { callCognito, setting } from "../lib/cognito.js";

const passwordHint = () => document.querySelector('[id$="-password-hint"]').textContent;
const TOO_MANY = "Too many attempts. Wait a quarter of an hour, then try again.";

// For each error name of Cognito: the form's field or "", and the message, which follows the field's name.
const refusals = {
  AliasExistsException: ["", "Another account has this address already."],
  CodeDeliveryFailureException: ["", "The mail with the code could not be sent. Check the address."],
  CodeMismatchException: ["code", "is not the one from the mail. The latest mail counts."],
  ExpiredCodeException: ["code", "is no longer good. Have a new one sent."],
  LimitExceededException: ["", TOO_MANY],
  PasswordHistoryPolicyViolationException: ["password", "was used before. Choose another one."],
  TooManyFailedAttemptsException: ["", TOO_MANY],
  TooManyRequestsException: ["", TOO_MANY],
  Unreachable: ["", "The sign-in service cannot be reached. Check the connection, then try again."],
  UsernameExistsException: ["email", "has an account already."],
};

/**
 * The error if Cognito refuses or does not answer. `code` is Cognito's name of the error or "Unreachable", and `field` is
 * the form's field or "".
 */
export class Refusal extends Error {
  constructor(code, cognitoMessage = `The sign-in service answered ${code}.`) {
    const [field, message] =
      code === "InvalidPasswordException"
        ? ["password", `is too weak. ${passwordHint()}`]
        : ["", cognitoMessage];
    super(refusals[code]?.[1] ?? message);
    Object.assign(this, { code, cognitoMessage, field: refusals[code]?.[0] ?? field });
  }
}

/** Call Cognito's public API. Resolve to the body of the response, or throw Refusal. */
export async function cognito(operation, request) {
  const response = await callCognito(operation, request).catch(() => {
    throw new Refusal("Unreachable");
  });
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Refusal((body.__type ?? String(response.status)).split("#").at(-1), body.message);
}

/** Call Cognito with the ID of the app client, for somebody who is not signed in. */
export const asApp = (operation, request) =>
  cognito(operation, { ClientId: setting("client-id"), ...request });

function faultOf({ name, validity }) {
  const mistyped = validity.typeMismatch ? "must be an address such as anna@shop.example." : "";
  return { path: name, message: validity.valueMissing ? "is missing." : mistyped };
}

/**
 * Call `send` with the form's values when the form is submitted, once at a time, and show errors at the fields. Then enable
 * the form's button. It is disabled until then, because without this function the browser would post the form to the site.
 */
export function onSend(form, send) {
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    clearErrors(form);
    const faults = [...form.elements].map(faultOf).filter(({ message }) => message);
    if (faults.length) return showErrors(form, faults);
    form.ariaBusy = "true";
    await send(Object.fromEntries(new FormData(form))).catch((error) => showRefusal(form, error));
    form.ariaBusy = "false";
  };
  form.querySelector("button").disabled = false;
}

/** Show a refusal at its field. */
export function showRefusal(form, { field = "", message }) {
  showErrors(form, [{ path: field, message }]);
}

/** Wire the tick boxes "Show the password". */
export function revealPasswords() {
  for (const box of document.querySelectorAll("[data-reveal]")) {
    const field = document.getElementById(box.dataset.reveal);
    box.onchange = () => (field.type = box.checked ? "text" : "password");
  }
}
