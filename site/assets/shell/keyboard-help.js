// The dialog that lists the keys of a page. It comes when it is first asked for (shell/shell.js).
import { byId, stamp } from "../lib/dom.js";

const OFF = "order-desk:keys-off"; // for who dictates: speech sets off single keys by accident (WCAG 2.1.4)
const names = { " ": "Space", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** Opens the list of every key of this page, with the switch that turns them off in this browser. */
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
