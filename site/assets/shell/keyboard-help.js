// The dialog that lists the keys of a page. This module is loaded when the dialog is first opened.
import { byId, stamp } from "../lib/dom.js";
import { keysOff } from "../lib/settings.js";

const names = { " ": "Space", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** Open the list of all keys of this page, with the switch that turns the keys off in this browser. */
export function help(keys) {
  const dialog = byId("keyboard-help");
  const rows = Object.entries(keys).map(([key, [does]]) =>
    stamp("keyboard-row", { key: names[key] ?? key, does }),
  );
  byId("keyboard-rows").replaceChildren(...rows);
  const on = byId("keyboard-on");
  on.checked = !keysOff.isOn();
  on.onchange = () => keysOff.set(!on.checked);
  dialog.showModal();
}
