// The number of new orders that nobody has looked at yet, in the title of the browser's tab.
import { byId } from "../lib/dom.js";

const title = document.title;
const orders = new Set();

/** Count an order as unseen until somebody looks at the page. */
export const addUnseen = (orderID) => orders.add(orderID);
export const clearUnseen = () => orders.clear();

/** Show the number. It is reset if the page has the focus and the bar for new orders is hidden. */
export function showUnseen() {
  if (!document.hidden && document.hasFocus() && byId("arrivals").hidden) orders.clear();
  document.title = orders.size ? `(${orders.size}) ${title}` : title;
}

/** Watch for events which show that somebody looks at the page. */
export function watchSight() {
  for (const eventName of ["focus", "pointermove", "keydown", "scroll"])
    addEventListener(eventName, showUnseen, { passive: true });
}
