// @ts-check
// Questions in a <dialog>. The answer is the button that closes the dialog.

/**
 * Open a dialog. Resolve to the value of the button that closed it, or to `otherwise` after Escape.
 * @type {(dialog: HTMLDialogElement, otherwise?: string) => Promise<string>}
 */
export function ask(dialog, otherwise = "") {
  dialog.returnValue = otherwise;
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
