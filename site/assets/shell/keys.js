// Single keys: `/`, `n` and `?` on every page, and the keys that a page adds. A key with Alt also works in fields.
import { person } from "../lib/session.js";
import { keysOff } from "../lib/settings.js";
import { loadModule } from "./connection.js";

const shortcuts = {
  "/": ["Search", search],
  n: ["New order", () => location.assign("/new-order.html")],
  "?": ["Show this list", async () => (await loadModule(() => import("./keyboard-help.js"))).help(shortcuts)],
};
const FIELD = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const ACTS_ITSELF = "a[href], button, summary, input, [role=option]";

/**
 * Add keys to this page: keys({ j: ["Next order", act, { repeat: true }] }). A press calls `act` with the event. A key that
 * is held down calls `act` again only with `repeat`. Return all keys of the page: {key: [description, act, options]}.
 */
export const keys = (entries) => Object.assign(shortcuts, entries);

function search() {
  const field = document.querySelector("[data-search]");
  if (!field) return location.assign("/orders.html#search");
  field.focus();
  return field.select();
}

/** Move the focus to the search field after `/` was pressed on a page without one. */
export function searchFromElsewhere() {
  if (location.hash !== "#search") return;
  history.replaceState(history.state, "", location.pathname + location.search);
  document.querySelector("[data-search]")?.focus();
}

/** Return the name of the event's key, such as n or Alt+P. Caps Lock makes no difference. */
function keyOf(event) {
  // With Alt, a Mac types another letter. AltGr, which is Ctrl+Alt on Windows, is for typing.
  if (event.altKey && !event.ctrlKey && event.code?.startsWith("Key")) return `Alt+${event.code.slice(3)}`;
  const pressed = event.key ?? "Unidentified"; // autofill of a form causes a keydown event without a key
  return pressed.length === 1 && !event.shiftKey ? pressed.toLowerCase() : pressed;
}

/** Whether a key is meant for a field, the browser, a dialog or the focused element, or the keys are switched off. */
function isTaken({ target, ctrlKey, metaKey, altKey, defaultPrevented, isComposing }, key) {
  if (ctrlKey || metaKey || defaultPrevented || isComposing) return true;
  if (document.querySelector("dialog[open]")) return true;
  if (altKey) return !key.startsWith("Alt+");
  if (target.closest(FIELD) || keysOff.isOn()) return true;
  return (key === "Enter" || key === " ") && target.closest(ACTS_ITSELF) !== null;
}

addEventListener("keydown", (event) => {
  const key = keyOf(event);
  if (!(key in shortcuts) || isTaken(event, key) || !person()) return;
  event.preventDefault();
  const [, act, { repeat = false } = {}] = shortcuts[key];
  if (!event.repeat || repeat) act(event); // without a delay, after which the page may show another order
});

// Enter held down on a button would press it again and again.
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.repeat && event.target.closest("button")) event.preventDefault();
});
