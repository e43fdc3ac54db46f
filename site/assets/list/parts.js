// The parts of the list that are loaded at their first use: filter, export, sound, saved views, selection, keys, updates.
import { byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { ringing } from "../lib/settings.js";
import { loadModule } from "../shell/connection.js";
import { keys } from "../shell/keys.js";
import { wireDensity } from "./density.js";

const LIVE_AFTER_MS = 10_000;
const KEY_TIMEOUT_MS = 3_000;

const turns = {}; // the last use of each part, as a promise, because a second click may come before the part is loaded

/** Import a part when it is first used, and call `act` with the module. Two uses of one part run one after the other. */
export function usePart(part, act) {
  const load = () => loadModule(() => import(`./${part}.js`));
  turns[part] = (turns[part] ?? Promise.resolve())
    .catch(() => {})
    .then(load)
    .then(act);
  return turns[part];
}

/**
 * Wire buttons, tick boxes and keys of the page to the parts that they need. Every part gets `list`: the element `region`
 * with the rows, the person `who`, `visit(address)`, `load()` and `read({limit, changes, from, signal})`.
 */
export function wireParts(list) {
  wireButtons(list);
  wireDensity();
  wireKeys(list);
  list.region.addEventListener("click", ({ target, shiftKey }) => {
    const { type, checked } = target; // as clicked: an earlier click that waits for the part may change the box
    if (type === "checkbox") usePart("selection", (module) => module.picked(target, checked, shiftKey));
  });
  recall(list);
  watchOrders(list);
}

function wireButtons(list) {
  byId("print").onclick = () => usePart("print", (module) => void module.printFound(list));
  byId("print-selected").onclick = () => usePart("print", (module) => module.printSelected());
  byId("export").onclick = () => usePart("export", (module) => void module.exportView(list));
  byId("export-format").onclick = () => usePart("export-choice", (module) => module.ask());
  byId("export-selected").onclick = () => usePart("export", (module) => module.exportSelected());
  byId("move-selected").onclick = () => onRows("move", list);
  byId("cancel-selected").onclick = () => onRows("cancel", list);
  byId("label-selected").onclick = () => usePart("label-many", (module) => void module.labelSelected(list));
  byId("bulk-more").onclick = toggleMore;
  byId("select-found").onclick = () => usePart("select-found", (module) => void module.selectFound(list));
  byId("add-up").onclick = () => usePart("add-up", (module) => void module.addUp(list));
  byId("sound").onclick = () => usePart("chime", (module) => module.toggle());
  byId("save-view").onclick = () => usePart("saved-views", (module) => module.saveView(list));
}

/** Show or hide the rarer actions of the bar on a phone. */
function toggleMore({ currentTarget: button }) {
  button.ariaExpanded = String(button.ariaExpanded !== "true");
}

function wireKeys(list) {
  keys({
    j: ["Next order", () => onRows("next", list), { repeat: true }],
    k: ["Previous order", () => onRows("previous", list), { repeat: true }],
    Enter: ["Open the order", () => onRows("open", list)],
    x: ["Select the order", () => onRows("select", list)],
    p: ["Print the selected orders", () => byId("bulk-bar").hidden || byId("print-selected").click()],
    e: ["Move the order, or all selected, to the next status", () => onRows("move", list)],
  });
}

/** Act on rows within 3 s or never, because another row may have the focus after a lost connection is back. */
function onRows(act, list) {
  const pressed = performance.now();
  usePart("keys", (module) => performance.now() - pressed < KEY_TIMEOUT_MS && module[act](list));
}

/** Restore what was kept from an earlier visit: views, the sound, and a bulk move that an ended session stopped, else the selection. */
function recall(list) {
  const { email } = list.who;
  if (localStorage.getItem(`order-desk:views:${email}`))
    usePart("saved-views", (module) => module.watch(list));
  if (ringing.isOn()) usePart("chime", (module) => module.showSwitch());
  const selection = draft("selection", list.who).load(); // before a click changes it
  if (draft("bulk", list.who).load()) usePart("bulk", (module) => module.resume(list));
  else if (selection)
    list.loaded.then(() => usePart("restore-selection", (module) => module.restore(selection)));
}

const watchOrders = (list) =>
  setTimeout(
    () =>
      import("./live.js").then(
        (module) => module.watch(list),
        () => watchOrders(list),
      ),
    LIVE_AFTER_MS,
  );
