// The list of all customers, the one with the latest order first. The address contains the searched text and the cursor.
import { call, unsearchable } from "../lib/api.js";
import { announce, byId, fill, show, showFailure, stamp } from "../lib/dom.js";
import { count, customerName, money, time } from "../lib/format.js";
import { lastCustomers } from "../lib/last-list.js";
import { customerPage } from "../lib/links.js";
import { address, queryValue, onPaging, readPage, showPaging } from "../lib/paging.js";
import { PlaceInList } from "../lib/place-in-list.js";
import { searchField, showSearch } from "../lib/search-field.js";
import { sessionEnded, start } from "../shell/shell.js";

const PAGE_SIZE = 50; // customers

const region = byId("customers");
let loading = new AbortController();
let place;

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  region.setAttribute("aria-busy", "true");
  showSearch(byId("search"));
  try {
    const page = await readPage((part) => read(part, signal), PAGE_SIZE);
    if (!signal.aborted) display(page);
  } catch (error) {
    if (signal.aborted) return; // another search began meanwhile
    if (!sessionEnded(error)) showFailure(region, error, load);
  }
  region.setAttribute("aria-busy", "false");
}

async function read(part, signal) {
  if (unsearchable(queryValue("q"))) return { rows: [], nextCursor: null };
  const query = new URLSearchParams({ ...(queryValue("q") && { q: queryValue("q") }), ...part });
  const { customers, nextCursor } = await call("GET", `/customers?${query}`, { signal });
  return { rows: customers, nextCursor };
}

function display({ rows, nextCursor }) {
  byId("customer-rows").replaceChildren(...rows.map(row));
  showPaging(count(rows.length, "customer"), nextCursor);
  const instead = unsearchable(queryValue("q"));
  fill(region, { asked: instead || !queryValue("q") ? "" : `“${queryValue("q")}”`, instead });
  show(region, rows.length ? "listed" : queryValue("q") || queryValue("cursor") ? "no-result" : "empty");
  announce(rows.length ? `${count(rows.length, "customer")} shown` : instead || "No customers");
  place.focusOpened();
}

function row({ email, name, company, orders, total, currency, lastOrderAt }) {
  const element = stamp("customer-row", {
    name: customerName({ name, email }),
    company,
    email,
    orders: orders.toLocaleString(),
    unit: orders === 1 ? " order" : " orders",
    total: money(total, currency),
    last: time(lastOrderAt),
  });
  element.querySelector("a").href = customerPage(email);
  return element;
}

start((who) => {
  place = new PlaceInList({ drafts: lastCustomers(who), rows: byId("customer-rows"), pageOf: customerPage });
  searchField(byId("search"), { addressOf: address, load });
  onPaging(load);
  load();
});
