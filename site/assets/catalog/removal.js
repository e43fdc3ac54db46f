// The deletion of a product, for admins. While an open order has it, the page offers to stop selling it instead.
import { call } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { sessionEnded } from "../shell/shell.js";
import { showNotice } from "./conflict.js";
import { contentOf, productPath } from "./products.js";

/** Ask, and delete a product. `onStopped(product)` is called if it is only not sold any more, and `onGone()` if it is deleted. */
export async function remove(product, { onStopped, onGone }) {
  if ((await ask(byId("delete-dialog"), "keep")) !== "delete") return;
  const { sku, version } = product;
  try {
    await call("DELETE", productPath(sku), { version });
    onGone();
  } catch (error) {
    if (sessionEnded(error)) return;
    if (error.status === 409 && product.active) await offerToStop(error, product, onStopped);
    else if (error.status === 404) onGone();
    else showNotice(`The product was not deleted: ${error.message}`);
  }
}

async function offerToStop(error, product, onStopped) {
  fill(byId("in-orders-dialog"), { why: `The product was not deleted: ${error.message}.` });
  if ((await ask(byId("in-orders-dialog"), "keep")) !== "stop") return;
  const { sku, version } = product;
  const body = { ...contentOf(product), active: false };
  try {
    onStopped(await call("PUT", productPath(sku), { body, version }));
  } catch (failure) {
    if (!sessionEnded(failure)) showNotice(`It is still sold: ${failure.message}`);
  }
}
