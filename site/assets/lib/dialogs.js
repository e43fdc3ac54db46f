// Questions in a <dialog>: the button that closes it is the answer.

/** Opens a dialog. Resolves to the value of the button that closed it, or to `otherwise` after Escape. */
export function ask(dialog, otherwise = "") {
  dialog.returnValue = otherwise;
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
