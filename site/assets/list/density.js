// Compact rows: more orders on the screen of a desk. This browser remembers the setting.
import { byId } from "../lib/dom.js";
import { compactRows } from "../lib/settings.js";

const table = document.querySelector("table.orders");
const button = byId("compact");

/** Wire the button, and show the rows as this browser had them last. */
export function wireDensity() {
  show();
  button.onclick = () => {
    compactRows.set(!compactRows.isOn());
    show();
  };
}

function show() {
  button.ariaPressed = String(compactRows.isOn());
  table.classList.toggle("compact", compactRows.isOn());
}
