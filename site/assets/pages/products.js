// The list of all products. The address has the searched text, the category, whether they are sold, the sort and the cursor.
import { showCategories, showSort, sortIn } from "../catalog/choices.js";
import { lastProducts, productPage } from "../catalog/products.js";
import { showRows } from "../catalog/rows.js";
import { wireSelection } from "../catalog/selection.js";
import { call, unsearchable } from "../lib/api.js";
import { announce, byId, fill, show, showFailure } from "../lib/dom.js";
import { count, whole } from "../lib/format.js";
import { followedLink } from "../lib/links.js";
import { address, onPaging, queryValue, showPaging } from "../lib/paging.js";
import { PlaceInList } from "../lib/place-in-list.js";
import { searchField, showSearch } from "../lib/search-field.js";
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
    const cursor = queryValue("cursor");
    const page = await read({ limit: PAGE_SIZE, ...(cursor && { cursor }) }, signal);
    if (!signal.aborted) await display(page, signal);
  } catch (error) {
    if (!signal.aborted && !sessionEnded(error)) showFailure(region, error, load);
  }
  if (!signal.aborted) region.setAttribute("aria-busy", "false"); // otherwise another search began meanwhile
}

/** Resolve to a page of the products that the address asks for. */
async function read(part, signal) {
  if (unsearchable(queryValue("q"), 1)) return { rows: [], nextCursor: null, total: 0 };
  const filter = FILTER.map((name) => [name, queryValue(name)]);
  const asked = [...filter, ["sort", sortIn()]].filter(([, value]) => value);
  const query = new URLSearchParams({ ...Object.fromEntries(asked), ...part });
  const answer = await call("GET", `/products?${query}`, { signal });
  return { ...answer, rows: answer.products, total: answer.count };
}

function showFilter() {
  showSearch(byId("search"));
  showCategories();
  showSort();
  for (const tab of byId("sold-tabs").querySelectorAll("a")) {
    tab.href = address({ active: tab.dataset.active, cursor: null });
    tab.ariaCurrent = tab.dataset.active === queryValue("active") ? "true" : null;
  }
}

async function display({ rows, nextCursor, total, categories }, signal) {
  showPaging(count(rows.length, "product"), nextCursor);
  const shown = showRows(rows, signal);
  showCategories(categories);
  const instead = unsearchable(queryValue("q"), 1);
  fill(region, { asked: instead ? "" : filterInWords(), instead });
  const isFiltered = FILTER.some(queryValue);
  const found = isFiltered ? `${whole(total)} found` : count(total, "product");
  byId("sums").textContent = total || isFiltered ? found : "";
  show(region, rows.length ? "listed" : isFiltered || queryValue("cursor") ? "no-result" : "empty");
  announce(rows.length ? found : instead || "No products");
  await shown;
  if (!signal.aborted) place.focusOpened();
}

/** Return the filter in words: for “mop” in the category Kitchen among those not sold. */
function filterInWords() {
  const [q, category, active] = FILTER.map(queryValue);
  const words = [q && `for “${q}”`, category && `in the category ${category}`];
  return [...words, { true: "among those sold", false: "among those not sold" }[active]]
    .filter(Boolean)
    .join(" ");
}

function visit(to) {
  history.pushState(null, "", to);
  load();
}

function follow(event) {
  const link = followedLink(event);
  if (!link) return;
  event.preventDefault();
  visit(link.href);
}

function wireFilter() {
  searchField(byId("search"), { addressOf: address, load });
  for (const name of ["category", "sort"])
    byId(name).onchange = () => visit(address({ [name]: byId(name).value, cursor: null }));
  for (const id of ["sold-tabs", "product-head"]) byId(id).addEventListener("click", follow);
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
