// The lines of an order, put back into the cart.
import { keep, readKept } from "../cart/kept.js";
import { withLine } from "../cart/lines.js";

/**
 * Put the lines of an order into the cart, with the names and prices of the order. The cart then says at each line what has
 * changed since. A second press changes nothing.
 */
export function orderAgain({ items }) {
  const lines = items.map(({ sku, quantity, name = sku, unitPrice = 0 }) => ({
    sku,
    quantity,
    ticked: true,
    name,
    unitPrice,
  }));
  keep(lines.reduce(withLine, readKept()));
  location.assign("/cart");
}

/** Call `look` after `pauseOf()` milliseconds again and again, while the page is visible. */
export function keepLooking(look, pauseOf) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(lookNow, pauseOf());
  };
  const lookNow = () =>
    look()
      .catch(() => {})
      .finally(later);
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : lookNow()));
  later();
}
