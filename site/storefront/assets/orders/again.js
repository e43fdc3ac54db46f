// The lines of an order, put back into the cart.
import { keep, readKept } from "../cart/kept.js";
import { room, withLeft, withUnits } from "../cart/room.js";

let isLeaving = false; // units are added, so a double press must not add them twice
addEventListener("pageshow", ({ persisted }) => persisted && (isLeaving = false));

/**
 * Put the lines of an order into the cart, with the names and prices of the order. The cart then says at each line what has
 * changed since, and what did not fit.
 */
export function orderAgain({ items }) {
  if (!isLeaving) putAll(items);
  isLeaving = true;
  location.assign("/cart");
}

function putAll(items) {
  const lines = items.map(({ sku, quantity, name = sku, unitPrice = 0 }) => ({
    sku,
    quantity,
    name,
    unitPrice,
  }));
  const { kept, left } = withUnits(readKept(), lines, room());
  keep(withLeft(kept, left));
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
