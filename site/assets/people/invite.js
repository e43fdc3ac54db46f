// The dialog that invites somebody by mail.
import { onSend } from "../account/accounts.js";
import { call } from "../lib/api.js";
import { byId, fill, show } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";
import { sessionEnded } from "../shell/shell.js";

const inviteDialog = byId("invite-dialog");
const inviteForm = byId("invite-form");

/** Wire the dialog. `invited(person)` is called with each account that was made. */
export function onInvitation(invited) {
  byId("site-address").value = `${location.origin}/`;
  byId("site-address").onfocus = () => byId("site-address").select();
  byId("invite-another").onclick = invite;
  for (const button of inviteDialog.querySelectorAll("[data-close]"))
    button.onclick = () => inviteDialog.close();
  onSend(inviteForm, async (body) => {
    const person = await sendInvitation(body);
    invited(person); // which nothing waits for, so that the next invitation can go out meanwhile
  });
}

/** Open the dialog with an empty form. */
export function invite() {
  inviteForm.reset();
  clearErrors(inviteForm);
  show(inviteDialog, "asking");
  if (!inviteDialog.open) inviteDialog.showModal();
  inviteForm.elements.email.focus();
}

async function sendInvitation(body) {
  try {
    const person = await call("POST", "/people", { body });
    fill(inviteDialog, { invited: person.email });
    show(inviteDialog, "sent");
    byId("invite-title").focus();
    return person;
  } catch (error) {
    if (sessionEnded(error)) return null;
    const [field] = error.fields ?? [];
    throw field ? { field: field.path, message: `${field.message}.` } : error;
  }
}
