// @ts-check
// The focus of the keyboard on pages whose parts are shown anew while somebody works in them.
import { isShown } from "../../../assets/lib/dom.js";

const CONTROLS = "a, button, input, summary";

/**
 * Show rows in place of those of a list. The focus stays on the same control of the row with the same data-key, and goes to
 * `otherwise` if that row is gone. Without this function it would be lost.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows
 * @param {HTMLElement} otherwise
 */
export function replaceRows(list, rows, otherwise) {
  const focused = document.activeElement;
  const before = /** @type {HTMLElement | null} */ (focused?.closest("[data-key]"));
  const isInside = list.contains(before);
  const place = before && focused ? [...before.querySelectorAll(CONTROLS)].indexOf(focused) : -1;
  list.replaceChildren(...rows);
  if (!before || !isInside) return;
  const same = rows.find(({ dataset }) => dataset.key === before.dataset.key);
  const control = /** @type {HTMLElement | undefined} */ (same?.querySelectorAll(CONTROLS)[place]);
  (control ?? otherwise).focus();
}

/** Whether the focus is nowhere, because what had it is gone. */
export const isFocusLost = () =>
  !document.activeElement || document.activeElement === document.body || !isShown(document.activeElement);

/** Add to the names of a row's buttons what the row is about. @param {HTMLElement} row @param {string} text */
export function nameButtons(row, text) {
  for (const button of row.querySelectorAll("button, summary")) {
    const about = { className: "visually-hidden", textContent: ` ${text}` };
    button.append(Object.assign(document.createElement("span"), about));
  }
}
