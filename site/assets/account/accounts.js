// Calls of Cognito's public API about a person's own account, and the forms for them.
import { clearErrors, showErrors } from "../lib/form-errors.js";
import { callCognito, setting } from "../lib/cognito.js";

const passwordHint = () => document.querySelector('[id$="-password-hint"]').textContent;
const TOO_MANY = "Too many attempts. Wait a quarter of an hour, then try again.";

// By the name of Cognito's error: the field that it is about, and the text after the field's name.
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

/** Cognito refused, or did not answer (`Unreachable`): `code` is the error's name, `field` the form's field or "". */
export class Refusal extends Error {
  constructor(code, said = `The sign-in service answered ${code}.`) {
    const [field, message] =
      code === "InvalidPasswordException" ? ["password", `is too weak. ${passwordHint()}`] : ["", said];
    super(refusals[code]?.[1] ?? message);
    Object.assign(this, { code, said, field: refusals[code]?.[0] ?? field });
  }
}

/** Calls Cognito's public API. Resolves to its response, or throws Refusal. */
export async function cognito(operation, asked) {
  const answer = await callCognito(operation, asked).catch(() => {
    throw new Refusal("Unreachable");
  });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  throw new Refusal((said.__type ?? String(answer.status)).split("#").at(-1), said.message);
}

/** The same for somebody who is not signed in: the call names the app client. */
export const asApp = (operation, asked) => cognito(operation, { ClientId: setting("client-id"), ...asked });

function faultOf({ name, validity }) {
  const mistyped = validity.typeMismatch ? "must be an address such as anna@shop.example." : "";
  return { path: name, message: validity.valueMissing ? "is missing." : mistyped };
}

/**
 * Calls `send` with the form's values when it is sent, once at a time, and shows faults at the fields. It also enables the
 * form's button, because the browser would post the form to the site before.
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

/** Shows a refusal at the field that it is about. */
export function showRefusal(form, { field = "", message }) {
  showErrors(form, [{ path: field, message }]);
}

/** Wires the boxes "Show the password". */
export function revealPasswords() {
  for (const box of document.querySelectorAll("[data-reveal]")) {
    const field = document.getElementById(box.dataset.reveal);
    box.onchange = () => (field.type = box.checked ? "text" : "password");
  }
}
