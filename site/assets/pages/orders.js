// The list of orders. Modules that a first visit does not need (filter, export, ...) are loaded at their first use.
import { unsearchable } from "../lib/api.js";
import { announce, byId, fill, show, showFailure } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { followedLink } from "../lib/links.js";
import { showPaging } from "../lib/paging.js";
import { searchField, showSearch } from "../lib/search-field.js";
import { PARTLY, addressWith, needsFilter, query } from "../list/address.js";
import { countOrders, noteRead, showHead } from "../list/head.js";
import { usePart, wireParts } from "../list/parts.js";
import { readOrders } from "../list/read.js";
import { noteOpened, recallPlace, returnToRow } from "../list/return.js";
import { rows, showRows } from "../list/rows.js";
import { showSums } from "../list/sums.js";
import { sessionEnded, start } from "../shell/shell.js";

const ELSEWHERE = "Another status, label, customer, sender or time may have it.";

const region = byId("orders");
let loading = new AbortController();

const list = { region, visit, load, read: (wanted) => readOrders({ signal: loading.signal, ...wanted }) }; // see list/parts.js

function visit(to, state = {}) {
  history.pushState(state, "", to);
  return load();
}

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  region.setAttribute("aria-busy", "true");
  showAddress();
  try {
    const found = await readOrders({ signal });
    if (signal.aborted) return; // another address was visited meanwhile
    showOrders(found);
  } catch (error) {
    if (signal.aborted) return;
    if (error.status === 400) showRefused(error);
    else if (!sessionEnded(error)) showFailure(region, error, load);
  }
  region.setAttribute("aria-busy", "false");
}

/** Show the parameters of the address in the search, the filter, the tabs and the table's head. */
function showAddress() {
  showSearch(byId("search"));
  if (needsFilter()) byId("filter").hidden = false;
  if (!byId("filter").hidden) openFilter(true);
  byId("save-view").hidden = addressWith({ cursor: null }) === "/orders.html";
  region.dispatchEvent(new Event("view"));
  showHead();
}

function showOrders({ orders, nextCursor }) {
  region.nextCursor = nextCursor;
  noteRead();
  showRows(orders);
  showPaging(count(orders.length, "order"), nextCursor, addressWith);
  const narrowed = [...query().keys()].some((name) => name !== "sort");
  const q = query().get("q") ?? "";
  const instead = unsearchable(q);
  fill(region, { asked: instead || !q ? "" : `“${q}”`, instead: instead || ELSEWHERE });
  show(region, orders.length ? "listed" : narrowed ? "no-result" : "empty");
  announce(orders.length ? `${count(orders.length, "order")} shown` : instead || "No orders");
  returnToRow();
}

/** Show no orders where the API refuses the address. A filter such as From after To is explained at its field. */
function showRefused({ fields }) {
  const atField = fields.some(({ path }) => PARTLY.includes(path) && path !== "q");
  const refused = atField
    ? "No orders are shown until the filter above is corrected."
    : `The address of this list has a mistake: ${fields.map(({ path, message }) => `${path} ${message}`).join(", ")}.`;
  showRows([]);
  fill(region, { refused });
  show(region, "refused");
  announce(refused);
  if (atField && byId("filter").hidden) openFilter(true);
  usePart("filter", (module) => module.explain(fields));
}

function follow(event) {
  const link = followedLink(event);
  noteOpened(link, list.who);
  if (!link?.pathname.startsWith("/orders.html")) return;
  event.preventDefault();
  visit(link.href, { trail: link.trail ?? [] });
  if (link.closest("#paging")) byId("main").scrollIntoView();
}

/** Open or close the filter. Its fields are filled in before it opens, so that this never overwrites typed text. */
async function openFilter(open) {
  if (open) await usePart("filter", (module) => module.showFilter(list));
  byId("filter").hidden = !open;
  byId("filter-toggle").ariaExpanded = String(open);
}

/** Count the rows again, because new orders add rows while the page stays open. */
function recount() {
  showSums(region);
  byId("shown").textContent = `${count(rows.size, "order")} on this page`;
}

start((who) => {
  list.who = who;
  recallPlace(who);
  byId("main").addEventListener("click", follow);
  byId("filter-toggle").onclick = () => openFilter(byId("filter").hidden);
  byId("more-tools").onclick = ({ currentTarget: more }) =>
    (more.ariaExpanded = String(more.ariaExpanded !== "true"));
  region.addEventListener("rows", recount);
  searchField(byId("search"), { addressOf: addressWith, load });
  addEventListener("popstate", load);
  list.loaded = load();
  countOrders().then(recount);
  wireParts(list);
});
