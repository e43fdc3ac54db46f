// The dialog that lists the keys of a page. This module is loaded when the dialog is first opened.
import { byId, stamp } from "../lib/dom.js";

const OFF = "order-desk:keys-off"; // for people who dictate, because speech may press single keys (WCAG 2.1.4)
const names = { " ": "Space", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** Open the list of all keys of this page, with the switch that turns the keys off in this browser. */
export function help(keys) {
  const dialog = byId("keyboard-help");
  const rows = Object.entries(keys).map(([key, [does]]) =>
    stamp("keyboard-row", { key: names[key] ?? key, does }),
  );
  byId("keyboard-rows").replaceChildren(...rows);
  const on = byId("keyboard-on");
  on.checked = !localStorage.getItem(OFF);
  on.onchange = () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes"));
  dialog.showModal();
}
