// What the keys of a page do, and the dialog that lists them. It comes with the first key that is pressed (shell.js).
import { byId, stamp } from "./dom.js";

const OFF = "order-desk:keys-off"; // for who dictates: speech sets off single keys by accident (WCAG 2.1.4)
const names = { " ": "Space", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

const everywhere = {
  "/": ["Search", () => location.assign("/orders.html#search")], // where the page has none of its own (shell.js)
  n: ["New order", () => location.assign("/new-order.html")],
  "?": ["Show this list", (_, keys) => help(keys)],
};

/** Does what a key stands for. `keys` are the page's own: {key: [what it does, act, {repeat}]}. */
export function press(key, keys, event) {
  const [, act, { repeat = false } = {}] = { ...everywhere, ...keys }[key];
  if (!event.repeat || repeat) act(event, keys);
}

/** Opens the list of every key of this page, with the switch that turns them off in this browser. */
export function help(keys) {
  const dialog = byId("keyboard-help");
  const rows = Object.entries({ ...everywhere, ...keys }).map(([key, [does]]) =>
    stamp("keyboard-row", { key: names[key] ?? key, does }),
  );
  byId("keyboard-rows").replaceChildren(...rows);
  const on = byId("keyboard-on");
  on.checked = !localStorage.getItem(OFF);
  on.onchange = () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes"));
  dialog.showModal();
}
