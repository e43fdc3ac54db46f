// The dialog that connects a shop. It shows the secret of the new shop once.
import { onSend } from "../account/accounts.js";
import { call } from "../lib/api.js";
import { byId, fill, show } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";
import { sessionEnded } from "../shell/shell.js";
import { give, onCopy } from "./given.js";

const connectDialog = byId("connect-dialog");
const connectForm = byId("connect-form");

/** Wire the dialog. `connected(shop)` is called with each shop that was connected. */
export function onConnection(connected) {
  onCopy(connectDialog);
  for (const button of connectDialog.querySelectorAll("[data-close]"))
    button.onclick = () => connectDialog.close();
  connectDialog.onclose = () => give(connectDialog, { secret: "" });
  onSend(connectForm, async ({ name }) => {
    const shop = await sendShop(name);
    if (shop) connected(shop);
  });
}

/** Open the dialog with an empty form. */
export function connectShop() {
  connectForm.reset();
  clearErrors(connectForm);
  show(connectDialog, "asking");
  connectDialog.showModal();
  connectForm.elements.name.focus();
}

async function sendShop(name) {
  try {
    const shop = await call("POST", "/shops", { body: { name } });
    give(connectDialog, { id: shop.clientId, secret: shop.clientSecret });
    fill(connectDialog, { name: shop.name });
    show(connectDialog, "given");
    byId("connect-title").focus();
    return shop;
  } catch (error) {
    if (sessionEnded(error)) return null;
    const [field] = error.fields ?? [];
    throw field ? { field: field.path, message: `${field.message}.` } : error;
  }
}
