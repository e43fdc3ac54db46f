// A change of the order on screen by one call, and the offer to undo it.
import { call } from "../lib/api.js";
import { announce, byId, isShown } from "../lib/dom.js";
import { showToast } from "../lib/toast.js";
import { hasOnlyRemarks, isOwnChange, isStepBack, settlement, stepBack, undoNote } from "./status.js";

/**
 * Change the order of a page if the stored version is still the one on screen. `page` is that of order.js, and `body` that of
 * the call. Resolve to whether the order was changed.
 */
export async function change(page, button, body) {
  let isDone = false;
  page.notice("");
  await page.pause.during(async () => (isDone = await send(page, body)));
  // The focus may be on a button that is hidden now.
  const { activeElement } = document;
  if (activeElement === document.body || !isShown(activeElement))
    (isShown(button) ? button : byId("main")).focus();
  return isDone;
}

async function send(page, body) {
  const { order, who } = page;
  try {
    changed(page, await call("PATCH", page.path, { body, version: order.version }));
    return true;
  } catch (error) {
    const { current } = error;
    if (current?.version > order.version && hasOnlyRemarks(order, current)) {
      page.display(current);
      return send(page, body);
    }
    const arrived = current && isOwnChange(order, current, who) && isAsAsked(current, body);
    if (arrived) changed(page, current);
    else await page.explain(error);
    return Boolean(arrived);
  }
}

function isAsAsked(order, { status, details, settled }) {
  if (settled) return Boolean(order.settledAt) !== Boolean(settled.undone);
  return details ? hasDetails(order, details) : order.status === status;
}

/** Whether an order has these details, after the call that set them got no answer. */
export const hasDetails = ({ customer, notes }, details) =>
  Object.entries(details).every(([name, text]) => ({ ...customer, notes })[name] === (text || undefined));

function changed(page, order) {
  page.display(order);
  const last = order.history.at(-1);
  const isAgain = isStepBack(last) || last.event === "unsettled";
  const text = isAgain ? `The order is ${order.status} again.` : `The order is now ${settlement(order)}.`;
  if (last.event === "edited") announce("The changes are saved.");
  else if (isStepBack(last)) showToast(byId("moved"), text);
  else if (stepBack(order, page.who)) showToast(byId("moved"), text, () => undo(page));
  else announce(text);
}

const undo = (page) =>
  change(page, byId("move"), {
    status: stepBack(page.order, page.who),
    note: undoNote(page.who),
  });
