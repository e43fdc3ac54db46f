// The dialog of a bulk task. It stays open, and the page warns before it is left, as long as the task runs.
import { byId } from "../lib/dom.js";
import { keepOpen } from "../lib/kept-open.js";
import { firstOrder } from "./bulk-results.js";
import { focus, rows } from "./rows.js";

export const dialog = byId("bulk-dialog");
export let running = false;

/** Note that a task begins or ends. The buttons for a finished task are hidden until they are offered. */
export function setRunning(now) {
  running = now;
  keepOpen(dialog, now);
  byId("bulk-stop").hidden = !now;
  byId("bulk-close").hidden = now;
  for (const id of ["bulk-retry", "bulk-again", "bulk-print", "bulk-undo"]) byId(id).hidden = true;
}

dialog.addEventListener("close", () => {
  if (running) return undefined;
  // If no order is selected any more, the button that opened the dialog is hidden. The first order gets the focus instead.
  const row = rows.get(firstOrder());
  return row && byId("bulk-bar").hidden && !document.activeElement.closest("tr") && focus(row);
});
for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
