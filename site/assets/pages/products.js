// The list of all products by name. The address has the searched text, the category, whether they are sold, and the cursor.
import { lastProducts, productPage } from "../catalog/products.js";
import { showRows } from "../catalog/rows.js";
import { wireSelection } from "../catalog/selection.js";
import { call, unsearchable } from "../lib/api.js";
import { announce, byId, fill, show, showFailure } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { followedLink } from "../lib/links.js";
import { address, onPaging, queryValue, readPage, showPaging } from "../lib/paging.js";
import { PlaceInList } from "../lib/place-in-list.js";
import { searchField, showSearch } from "../lib/search-field.js";
import { line } from "../lib/text.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";

const PAGE_SIZE = 50; // products
const FILTER = ["q", "category", "active"];

const region = byId("products");
let loading = new AbortController();
let place;

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  region.setAttribute("aria-busy", "true");
  showFilter();
  try {
    const page = await readPage((part) => read(part, signal), PAGE_SIZE);
    if (!signal.aborted) display(page);
  } catch (error) {
    if (signal.aborted) return; // another search began meanwhile
    if (!sessionEnded(error)) showFailure(region, error, load);
  }
  region.setAttribute("aria-busy", "false");
}

/** Resolve to a page of the products that the address asks for. */
async function read(part, signal) {
  if (unsearchable(queryValue("q"), 1)) return { rows: [], nextCursor: null };
  const filter = FILTER.map((name) => [name, queryValue(name)]).filter(([, value]) => value);
  const query = new URLSearchParams({ ...Object.fromEntries(filter), ...part });
  const { products, nextCursor } = await call("GET", `/products?${query}`, { signal });
  return { rows: products, nextCursor };
}

function showFilter() {
  showSearch(byId("search"));
  byId("category").value = queryValue("category");
  for (const tab of byId("sold-tabs").querySelectorAll("a")) {
    tab.href = address({ active: tab.dataset.active, cursor: null });
    tab.ariaCurrent = tab.dataset.active === queryValue("active") ? "true" : null;
  }
}

function display({ rows, nextCursor }) {
  showPaging(count(rows.length, "product"), nextCursor);
  showRows(rows);
  suggestCategories(rows);
  const instead = unsearchable(queryValue("q"), 1);
  fill(region, { asked: instead ? "" : filterInWords(), instead });
  const isFiltered = [...FILTER, "cursor"].some(queryValue);
  show(region, rows.length ? "listed" : isFiltered ? "no-result" : "empty");
  announce(rows.length ? `${count(rows.length, "product")} shown` : instead || "No products");
  place.focusOpened();
}

/** Return the filter in words: for “mop” in the category Kitchen among those not sold. */
function filterInWords() {
  const [q, category, active] = FILTER.map(queryValue);
  const words = [q && `for “${q}”`, category && `in the category ${category}`];
  return [...words, { true: "among those sold", false: "among those not sold" }[active]]
    .filter(Boolean)
    .join(" ");
}

/** Offer the categories of the products that were shown, because the API has no list of them. */
function suggestCategories(products) {
  const known = new Set([...byId("categories").options].map(({ value }) => value));
  const others = new Set(products.map(({ category }) => category).filter((category) => !known.has(category)));
  byId("categories").append(...[...others].map((category) => new Option(category, category)));
}

function visit(changes) {
  history.pushState(null, "", address({ ...changes, cursor: null }));
  load();
}

function wireFilter() {
  searchField(byId("search"), { addressOf: address, load });
  byId("category").onchange = () => visit({ category: line(byId("category").value) });
  byId("sold-tabs").addEventListener("click", (event) => {
    const link = followedLink(event);
    if (!link) return;
    event.preventDefault();
    visit({ active: link.dataset.active });
  });
}

start((who) => {
  place = new PlaceInList({ drafts: lastProducts(who), rows: byId("product-rows"), pageOf: productPage });
  wireSelection({ read, reload: load, who });
  wireFilter();
  byId("export").onclick = async () =>
    (await loadModule(() => import("../catalog/export.js"))).exportProducts(read, byId("export"));
  onPaging(load);
  load();
});
