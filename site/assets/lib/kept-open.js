// @ts-check
// A dialog that stays open as long as its task runs. Meanwhile the browser asks before the page is left.

/** @param {Event} event */
const ask = (event) => event.preventDefault();

/** @param {Event} event */
const reopen = ({ target }) => /** @type {HTMLDialogElement} */ (target).showModal();

/**
 * Keep a dialog open, or let it be closed again. In a browser without closedBy, Escape closes it, and it opens again.
 * @param {HTMLDialogElement} dialog
 * @param {boolean} isKept
 */
export function keepOpen(dialog, isKept) {
  dialog.closedBy = isKept ? "none" : "closerequest";
  if (isKept) {
    dialog.addEventListener("close", reopen);
    addEventListener("beforeunload", ask);
  } else {
    dialog.removeEventListener("close", reopen);
    removeEventListener("beforeunload", ask);
  }
}
