// @ts-check
// The cart that this browser keeps. It has no token and no personal data but the ID of an account.
import { emptyCart } from "./lines.js";

/** @typedef {import("./lines.js").Kept} Kept */

const KEY = "shop:cart";
let memory = ""; // a browser may forbid the storage; the cart then ends with the page

/** @returns {Kept} */
export function readKept() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return Array.isArray(kept?.lines) && Array.isArray(kept.changed) ? kept : emptyCart();
  } catch {
    return memory ? JSON.parse(memory) : emptyCart();
  }
}

/** @param {Kept} kept */
export function keep(kept) {
  const text = JSON.stringify(kept);
  try {
    localStorage.setItem(KEY, text);
  } catch {
    memory = text;
  }
  dispatchEvent(new Event("cart"));
}

/** Remove the cart of an account. That of a guest stays. */
export const forgetCart = () => readKept().base && keep(emptyCart());

/** Call `act` after each change of the cart in this tab or another. @param {() => void} act */
export function onCart(act) {
  addEventListener("cart", act);
  addEventListener("storage", ({ key }) => key === KEY && act());
  addEventListener("pageshow", ({ persisted }) => persisted && act());
}
