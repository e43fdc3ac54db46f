// A change of the order on screen by one call, and the offer to undo it.
import { call } from "../lib/api.js";
import { announce, byId, isShown } from "../lib/dom.js";
import { showToast } from "../lib/toast.js";
import { isOwnChange, isStepBack, stepBack, undoNote } from "./status.js";

/** Change the order of a page if the stored version is still the one on screen. `page` is that of order.js. */
export async function change(page, button, body) {
  page.notice("");
  await page.pause.during(() => send(page, body));
  // The focus may be on a button that is hidden now.
  const { activeElement } = document;
  if (activeElement === document.body || !isShown(activeElement))
    (isShown(button) ? button : byId("main")).focus();
}

async function send(page, body) {
  const { order, who } = page;
  try {
    changed(page, await call("PATCH", page.path, { body, version: order.version }));
  } catch (error) {
    const { current } = error;
    const arrived = current && isOwnChange(order, current, who) && current.status === body.status;
    if (arrived) changed(page, current);
    else await page.explain(error);
  }
}

function changed(page, order) {
  page.display(order);
  const isBack = isStepBack(order.history.at(-1));
  const text = isBack ? `The order is ${order.status} again.` : `The order is now ${order.status}.`;
  if (isBack) showToast(byId("moved"), text);
  else if (stepBack(order.status, page.who)) showToast(byId("moved"), text, () => undo(page));
  else announce(text);
}

const undo = (page) =>
  change(page, byId("move"), {
    status: stepBack(page.order.status, page.who),
    note: undoNote(page.who),
  });
