// Everybody who ordered, who ordered last first; search and page stand in the address.
import { call, unsearchable } from "../lib/api.js";
import { byId, fill, show, showFailure, stamp } from "../lib/dom.js";
import { count, money, time } from "../lib/format.js";
import { address, asked, onPaging, readPage, showPaging } from "../lib/paging.js";
import { announce, sessionEnded, start } from "../shell/shell.js";

const PAGE = 50; // customers

const region = byId("customers");
const search = byId("search").elements.q;
let loading = new AbortController();

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  region.setAttribute("aria-busy", "true");
  if (document.activeElement !== search) search.value = asked("q");
  try {
    const page = await readPage((part) => read(part, signal), PAGE);
    if (!signal.aborted) display(page);
  } catch (error) {
    if (signal.aborted) return; // another search was begun meanwhile
    if (!sessionEnded(error)) showFailure(region, error, load);
  }
  region.setAttribute("aria-busy", "false");
}

async function read(part, signal) {
  if (unsearchable(asked("q"))) return { rows: [], nextCursor: null };
  const query = new URLSearchParams({ ...(asked("q") && { q: asked("q") }), ...part });
  const { customers, nextCursor } = await call("GET", `/customers?${query}`, { signal });
  return { rows: customers, nextCursor };
}

function display({ rows, nextCursor }) {
  byId("customer-rows").replaceChildren(...rows.map(row));
  showPaging(count(rows.length, "customer"), nextCursor);
  const instead = unsearchable(asked("q"));
  fill(region, { asked: instead || !asked("q") ? "" : `“${asked("q")}”`, instead });
  show(region, rows.length ? "listed" : asked("q") || asked("cursor") ? "no-result" : "empty");
  announce(rows.length ? `${count(rows.length, "customer")} shown` : instead || "No customers");
}

function row({ email, name, company, orders, total, currency, lastOrderAt }) {
  const element = stamp("customer-row", {
    name: name || email,
    company,
    email,
    orders: orders.toLocaleString(),
    unit: orders === 1 ? " order" : " orders",
    total: money(total, currency),
    last: time(lastOrderAt),
  });
  element.querySelector("a").href = `/customer.html?${new URLSearchParams({ email })}`;
  return element;
}

let typing;

// All that is typed in one go is one step back in the history.
function applySearch() {
  clearTimeout(typing);
  const q = search.value.trim();
  if (q === asked("q")) return;
  const to = address({ q, cursor: null });
  if (history.state?.typed) history.replaceState({ typed: true }, "", to);
  else history.pushState({ typed: true }, "", to);
  load();
}

function searchNow(event) {
  event.preventDefault();
  applySearch();
  history.replaceState({}, "");
}

start(() => {
  byId("search").addEventListener("submit", searchNow);
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(applySearch, 300);
  });
  addEventListener("popstate", () => (search.value = asked("q")));
  onPaging(load);
  load();
});
