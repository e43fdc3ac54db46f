// @ts-check
// A short text at the edge of the window that disappears by itself, with a button that takes back what it says.
import { announce, fill } from "./dom.js";

const SHOWN_MS = 10_000;

/** @type {ReturnType<typeof setTimeout>} */
let hiding;

/**
 * Show and read out a text, with an Undo button if there is `undo`. It stays as long as it has the focus or the mouse.
 * @param {HTMLElement} toast
 * @param {string} text
 * @param {(() => void) | null} [undo]
 */
export function showToast(toast, text, undo = null) {
  const button = /** @type {HTMLButtonElement} */ (toast.querySelector("button"));
  fill(toast, { text });
  button.hidden = !undo;
  button.onclick = undo;
  toast.hidden = false;
  hideLater(toast);
  announce(undo ? `${text} There is an Undo button for some seconds.` : text);
}

/** @param {HTMLElement} toast */
function hideLater(toast) {
  clearTimeout(hiding);
  hiding = setTimeout(
    () => (toast.matches(":hover, :focus-within") ? hideLater(toast) : hideToast(toast)),
    SHOWN_MS,
  );
}

/** @param {HTMLElement} toast */
export const hideToast = (toast) => (toast.hidden = true);
