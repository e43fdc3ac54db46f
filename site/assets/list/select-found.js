// The selection of all orders that the list finds, on all of its pages.
import { byId } from "../lib/dom.js";
import { readFound } from "./read-found.js";
import { selectMore } from "./selection.js";

/** Read all orders of the list and select them. */
export async function selectFound(list) {
  const button = byId("select-found");
  button.disabled = true;
  const orders = await readFound(list, "selected");
  button.disabled = false;
  if (!orders) return;
  selectMore(orders);
  byId("move-selected").focus();
}
