// The name of an order that is parked, and the question about it.
import { ask } from "../lib/dialogs.js";
import { announce, byId } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { defaultName } from "./draft-content.js";

const PARKED = "order-desk:parked";

/** Return the name that an order has, or gets if its person gives none. */
export function nameOf({ parked, values }) {
  const timeOfDay = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return parked?.name ?? defaultName(values, timeOfDay, byId("park-name").maxLength);
}

/** Ask for the name of an order. Resolve to it, or to an empty text. */
export async function askName(order) {
  const field = byId("park-name");
  field.value = nameOf(order);
  field.onfocus = () => field.select();
  byId("park-cancel").onclick = () => byId("park-dialog").close();
  return (await ask(byId("park-dialog"))) === "park" ? field.value.trim() : "";
}

/** Note the name of an order that was parked, for the next page. */
export const noteParked = (name) => sessionStorage.setItem(PARKED, name);

/** Read out what was parked on the page before this one. */
export function announceParked() {
  const name = sessionStorage.getItem(PARKED);
  sessionStorage.removeItem(PARKED);
  if (name) announce(`Parked as ${isolated(name)}.`);
}
