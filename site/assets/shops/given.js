// Values that an admin hands to the developer of a shop. Each has a button that copies it.
import { announce, byId } from "../lib/dom.js";

const COPIED_MS = 4_000; // the time for which the button says so

/** Wire the buttons "Copy" of a dialog. */
export function onCopy(dialog) {
  for (const button of dialog.querySelectorAll("[data-copies]")) {
    const field = byId(button.dataset.copies);
    field.onfocus = () => field.select();
    button.onclick = () => copy(button, field);
  }
}

/** Write values into the fields of a dialog, by the name of each field. */
export function give(dialog, values) {
  for (const [name, value] of Object.entries(values))
    for (const field of dialog.querySelectorAll(`[data-gives="${name}"]`)) field.value = value;
}

async function copy(button, field) {
  const said = await navigator.clipboard.writeText(field.value).then(
    () => "Copied",
    () => "Copy it by hand", // the browser refuses, for example without TLS
  );
  if (said !== "Copied") field.focus();
  const words = button.firstElementChild;
  words.textContent = said;
  announce(said);
  setTimeout(() => (words.textContent = "Copy"), COPIED_MS);
}
