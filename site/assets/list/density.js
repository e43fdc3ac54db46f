// Compact rows: more orders on the screen of a desk. This browser remembers the setting.
import { byId } from "../lib/dom.js";

const KEY = "order-desk:compact-rows";
const table = document.querySelector("table.orders");
const button = byId("compact");

/** Wire the button, and show the rows as this browser had them last. */
export function wireDensity() {
  show();
  button.onclick = () => {
    if (localStorage.getItem(KEY)) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "on");
    show();
  };
}

function show() {
  const isCompact = Boolean(localStorage.getItem(KEY));
  button.ariaPressed = String(isCompact);
  table.classList.toggle("compact", isCompact);
}
