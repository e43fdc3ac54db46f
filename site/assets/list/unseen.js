// The number of new orders that nobody has looked at yet, in the title of the browser's tab.
import { byId } from "../lib/dom.js";

const title = document.title;
const orders = new Set();

/** Counts an order until somebody looks at the page. */
export const addUnseen = (orderID) => orders.add(orderID);
export const clearUnseen = () => orders.clear();

/** Shows the number. It ends when the page has the focus and no orders wait behind the bar. */
export function showUnseen() {
  if (!document.hidden && document.hasFocus() && byId("arrivals").hidden) orders.clear();
  document.title = orders.size ? `(${orders.size}) ${title}` : title;
}

/** Watches for signs that somebody looks at the page. */
export function watchSight() {
  for (const sign of ["focus", "pointermove", "keydown", "scroll"])
    addEventListener(sign, showUnseen, { passive: true });
}
