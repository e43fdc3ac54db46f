// The parts of the list that come at their first use: filter, export, sound, saved views, selection, keys, live orders.
import { byId } from "../lib/dom.js";
import { needed } from "../shell/connection.js";
import { keys } from "../shell/keys.js";

const LIVE_AFTER_MS = 10_000;
const KEY_TIMEOUT_MS = 3_000;

const turns = {}; // by module, because clicks and keys may come faster than the module that they need

/** Imports a part when it is first used. Two uses of one part run one after the other. */
export function using(part, act) {
  const load = () => needed(() => import(`./${part}.js`));
  turns[part] = (turns[part] ?? Promise.resolve())
    .catch(() => {})
    .then(load)
    .then(act);
  return turns[part];
}

/**
 * Wires buttons, boxes and keys of the page to the parts that they need. `list` is what every part gets: the `region`
 * with the rows, `who` is signed in, `visit(address)`, `load()` and `read({limit, changes, from, signal})`.
 */
export function wireParts(list) {
  wireButtons(list);
  wireKeys(list);
  list.region.addEventListener("click", (event) => {
    if (event.target.type === "checkbox") using("selection", (it) => it.picked(event));
  });
  recall(list);
  watchOrders(list);
}

function wireButtons(list) {
  byId("export").onclick = () => using("export", (it) => void it.exportView(list));
  byId("export-selected").onclick = () => using("export", (it) => it.exportSelected());
  byId("move-selected").onclick = () => onRows("move", list);
  byId("sound").onclick = () => using("chime", (it) => it.toggle());
  byId("save-view").onclick = () => using("saved-views", (it) => it.saveView(list));
}

function wireKeys(list) {
  keys({
    j: ["Next order", () => onRows("next", list), { repeat: true }],
    k: ["Previous order", () => onRows("previous", list), { repeat: true }],
    Enter: ["Open the order", () => onRows("open", list)],
    x: ["Select the order", () => onRows("select", list)],
    e: ["Move the order, or all selected, to the next status", () => onRows("move", list)],
  });
}

/** Acts on rows at once or never: when a lost connection is back, the keyboard may be at another order. */
function onRows(act, list) {
  const pressed = performance.now();
  using("keys", (it) => performance.now() - pressed < KEY_TIMEOUT_MS && it[act](list));
}

/** Shows what this browser kept from an earlier visit: views, the sound, a bulk move that an ended session cut off. */
function recall(list) {
  const { email } = list.who;
  if (localStorage.getItem(`order-desk:views:${email}`)) using("saved-views", (it) => it.watch(list));
  if (localStorage.getItem("order-desk:sound")) using("chime", (it) => it.showSwitch());
  if (sessionStorage.getItem(`order-desk:bulk:${email}:`)) using("bulk", (it) => it.resume(list));
}

const watchOrders = (list) =>
  setTimeout(
    () =>
      import("./live.js").then(
        (it) => it.watch(list),
        () => watchOrders(list),
      ),
    LIVE_AFTER_MS,
  );
