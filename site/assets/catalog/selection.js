// The bar for the selected products: how many they are, all that the list finds, and the change of many at once.
import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { queryValue } from "../lib/paging.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded } from "../shell/shell.js";
import { leftChanges } from "./products.js";
import { chosen, showSelection } from "./rows.js";

const PAGE_SIZE = 100; // products in one call

let allOf; // the query of the list of which every product was selected

/** Wire the bar. `read(part)` resolves to a page of the list, and `reload()` shows the list anew for the person `who`. */
export function wireSelection({ read, ...list }) {
  byId("product-rows").addEventListener("selection", ({ detail }) => show(detail.ticked));
  byId("clear-selection").onclick = () => {
    chosen.clear();
    showSelection();
    byId("all-on-page").focus();
  };
  byId("select-found").onclick = () => selectFound(read);
  const changes = () => loadModule(() => import("./change-many.js"));
  byId("change-selected").onclick = async () => (await changes()).changeMany([...chosen.values()], list);
  if (leftChanges(list.who).load()) changes().then(({ resume }) => resume(list));
}

/** Show the bar. `ticked` is how many of the selected products are on screen. */
function show(ticked) {
  const elsewhere = chosen.size - ticked;
  if (!chosen.size) allOf = undefined;
  byId("bulk-bar").hidden = !chosen.size;
  byId("selected-count").textContent =
    `${count(chosen.size, "product")} selected${elsewhere ? `, ${ticked} of them on this page` : ""}`;
  const isMore = !byId("next").hidden || queryValue("cursor");
  byId("select-found").hidden = !byId("all-on-page").checked || !isMore || allOf === location.search;
  byId("select-found").textContent = "Select all that this finds";
}

/** Read every page of the list, and select its products. The button shows how many were read. */
async function selectFound(read) {
  const button = byId("select-found");
  const asked = location.search;
  button.disabled = true;
  try {
    const found = await readEvery(read, (number) => {
      button.textContent = `${count(number, "product")} read …`;
      return location.search === asked;
    });
    if (location.search === asked) {
      for (const product of found) chosen.set(product.sku, product);
      allOf = asked;
    }
    showSelection();
  } catch (error) {
    showSelection();
    if (!sessionEnded(error)) byId("selected-count").textContent = `Not all were selected. ${error.message}`;
  }
  button.disabled = false;
  if (document.activeElement === document.body) byId("change-selected").focus();
}

/**
 * Read the products of all pages with `read(part)`, until `goOn(number)` returns false. They are read by SKU, which never changes:
 * in any other sort, a product that somebody saves meanwhile moves, and would be left out or come twice.
 */
export async function readEvery(read, goOn) {
  const found = [];
  let cursor = null;
  do {
    const page = await read({ limit: PAGE_SIZE, sort: "sku", ...(cursor && { cursor }) });
    found.push(...page.rows);
    cursor = page.nextCursor;
  } while (goOn(found.length) && cursor);
  return found;
}
