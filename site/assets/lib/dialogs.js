// @ts-check
// Questions in a <dialog>: the button that closes it is the answer.

/**
 * Open a dialog. Resolves to the value of the button that closed it, or to `otherwise` after Escape.
 * @type {(dialog: HTMLDialogElement, otherwise?: string) => Promise<string>}
 */
export function ask(dialog, otherwise = "") {
  dialog.returnValue = otherwise;
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
