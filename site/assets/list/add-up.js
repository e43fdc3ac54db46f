// The sum of all orders that the list finds, on all of its pages.
import { announce, byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { readFound } from "./read-found.js";
import { showSumOfAll } from "./sums.js";

const button = byId("add-up");
const name = button.textContent;

/** Read all orders of the list and show their sum. The button keeps the focus, so it is never disabled. */
export async function addUp(list) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  button.textContent = "Reading …";
  announce("Reading the orders …");
  const orders = await readFound(list, "added up", showRead);
  button.textContent = name;
  button.ariaBusy = "false";
  if (orders?.length) announce(showSumOfAll(orders, list.region));
}

const showRead = (number) => (button.textContent = `${count(number, "order")} read …`);
