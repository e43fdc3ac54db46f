// The list of orders. Everything it shows stands in the address: status, search, customer, time, sort, page.
// What nobody needs at first (filter, selection, export, ...) is imported when it is first used.
import { call, unsearchable } from "../lib/api.js";
import { byId, fill, show, showFailure } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { focus, rows, showRows } from "../list/rows.js";
import { announce, keys, needed, sessionEnded, start } from "../shell/shell.js";

const NAMES = ["status", "q", "customer", "period", "from", "to", "sort", "cursor"];
const NO_TOTALS = ["q", "customer", "period", "from", "to"]; // what the API cannot sort by total
const DAYS_BACK = { today: [0, 0], yesterday: [1, 1], week: [6, 0], month: [29, 0] };
const PAGE = 50; // orders a page
const LARGEST_READ = 100; // orders in one answer of the API
const LIVE_AFTER = 10_000; // ms
const PATIENCE = 3_000; // ms
const ELSEWHERE = "Another status, customer or time may have it.";

const region = byId("orders");
const search = byId("search").elements.q;
let loading = new AbortController();
let counts;

/** What lazily imported parts get to know of the list. */
const list = { region, view, address, visit, read, load, total, showCounts, page: PAGE };

function view() {
  return new URLSearchParams(location.search);
}

/** The address of this view with changes; names always come in the same order, so that views can be compared. */
function address(changes, asked = view()) {
  const query = new URLSearchParams();
  const values = { ...Object.fromEntries(asked), ...changes };
  const unsortable = ["largest", "smallest"].includes(values.sort) && NO_TOTALS.some((name) => values[name]);
  if (unsortable || values.sort === "newest") values.sort = null;
  for (const name of NAMES) if (values[name]) query.set(name, values[name]);
  return query.size ? `/orders.html?${query}` : "/orders.html";
}

function visit(to, state = {}) {
  history.pushState(state, "", to);
  return load();
}

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  region.setAttribute("aria-busy", "true");
  showView();
  try {
    const found = await read({ signal });
    if (signal.aborted) return; // another view was asked for meanwhile
    showOrders(found);
  } catch (error) {
    if (signal.aborted) return;
    if (error.status === 400) showRefused(error);
    else if (!sessionEnded(error)) showFailure(region, error, load);
  }
  region.setAttribute("aria-busy", "false");
}

/**
 * Reads one page of what the address asks for. An answer may hold fewer orders than there are, so it goes on until
 * the page is full or the list has ended. `changes` ask for another part of it; gives up when the view is left.
 * A text that cannot be searched for finds nothing, unasked.
 */
async function read({ limit = PAGE, changes = {}, from = view(), signal = loading.signal } = {}) {
  if (unsearchable(from.get("q") ?? "")) return { orders: [], nextCursor: null };
  const asked = question(address(changes, from));
  const orders = [];
  let nextCursor;
  do {
    asked.set("limit", Math.min(LARGEST_READ, limit - orders.length));
    const answer = await call("GET", `/orders?${asked}`, { signal });
    orders.push(...answer.orders);
    nextCursor = answer.nextCursor;
    asked.set("cursor", nextCursor);
  } while (nextCursor && orders.length < limit);
  return { orders, nextCursor };
}

// A day is the person's own day, whatever the server's time zone is.
function question(path) {
  const asked = new URLSearchParams(path.split("?")[1]);
  const [first, last] = DAYS_BACK[asked.get("period")] ?? [];
  asked.delete("period");
  if (first !== undefined) asked.set("from", daysAgo(first));
  if (first !== undefined) asked.set("to", daysAgo(last));
  for (const [name, clock] of Object.entries({ from: "00:00:00", to: "23:59:59.999" })) {
    const moment = new Date(`${asked.get(name)}T${clock}`);
    if (!Number.isNaN(moment.getTime())) asked.set(name, moment.toISOString());
  }
  return asked;
}

function daysAgo(days) {
  const now = new Date();
  return new Intl.DateTimeFormat("sv").format(
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - days),
  );
}

function showView() {
  const asked = view();
  for (const link of document.querySelectorAll("a[data-status]")) {
    link.href = address({ status: link.dataset.status, cursor: null });
    link.ariaCurrent = link.dataset.status === (asked.get("status") ?? "") ? "true" : null;
  }
  if (document.activeElement !== search) search.value = asked.get("q") ?? "";
  for (const header of document.querySelectorAll("th[data-sort]")) showSort(header, asked);
  if (NO_TOTALS.some((name) => name !== "q" && asked.has(name))) byId("filter").hidden = false;
  if (!byId("filter").hidden) openFilter(true);
  byId("save-view").hidden = address({ cursor: null }) === "/orders.html";
  region.dispatchEvent(new Event("view"));
  showCounts();
}

function showSort(header, asked) {
  const [down, up] = header.dataset.sort.split(" ");
  const sort = asked.get("sort") ?? "newest";
  const possible = down !== "largest" || !NO_TOTALS.some((name) => asked.has(name));
  header.ariaSort = sort === down ? "descending" : sort === up ? "ascending" : null;
  header.title = possible ? "" : "A search, a customer or a time can only be sorted by time";
  if (possible) header.firstElementChild.href = address({ sort: sort === down ? up : down, cursor: null });
  else header.firstElementChild.removeAttribute("href");
}

// How many orders there are in each status is known for the whole shop only, not for a part of it.
function showCounts(report = counts) {
  counts = report;
  const partly = NO_TOTALS.some((name) => view().has(name));
  for (const link of document.querySelectorAll("a[data-status]")) {
    link.lastElementChild.textContent = total(link.dataset.status)?.toLocaleString() ?? "";
    link.lastElementChild.hidden = partly;
  }
}

/** How many orders a status has ("" for all of them), if that is known. */
function total(status) {
  return status ? counts?.[status] : counts && Object.values(counts).reduce((sum, number) => sum + number, 0);
}

async function countOrders() {
  const report = await call("GET", "/reports/workload").catch(() => null); // the list says what is wrong
  if (report) showCounts(report.counts);
}

function showOrders({ orders, nextCursor }) {
  region.nextCursor = nextCursor;
  showRows(orders);
  showPaging(nextCursor);
  const narrowed = [...view().keys()].some((name) => name !== "sort");
  const q = view().get("q") ?? "";
  const instead = unsearchable(q);
  fill(region, { asked: instead || !q ? "" : `“${q}”`, instead: instead || ELSEWHERE });
  show(region, orders.length ? "listed" : narrowed ? "no-result" : "empty");
  announce(orders.length ? `${count(orders.length, "order")} shown` : instead || "No orders");
  comeBack();
}

/** What cannot be asked for, such as days between From and an earlier To, is no failure that a second try ends. */
function showRefused({ fields }) {
  showOrders({ orders: [] });
  using("filter", (it) => it.explain(fields));
}

// Whoever comes back from an order goes on at its row.
function comeBack() {
  const { opened, ...state } = history.state ?? {};
  if (!opened) return;
  history.replaceState(state, "");
  if (rows.has(opened)) focus(rows.get(opened));
}

// Cursors only lead to older orders, so the way back is kept in the history entry.
const trail = () => history.state?.trail ?? [];

function showPaging(nextCursor) {
  const here = view().get("cursor");
  const [back, on] = [byId("previous"), byId("next")];
  byId("paging").hidden = !here && !nextCursor;
  back.hidden = !here;
  back.href = address({ cursor: trail().at(-1) });
  back.trail = trail().slice(0, -1);
  on.hidden = !nextCursor;
  on.href = address({ cursor: nextCursor });
  on.trail = [...trail(), here ?? ""];
}

function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const row = link.closest("#order-rows tr");
  if (row) history.replaceState({ ...history.state, opened: row.order.orderID }, "");
  if (!link.pathname.startsWith("/orders.html")) return;
  event.preventDefault();
  visit(link.href, { trail: link.trail ?? [] });
  if (link.closest("#paging")) byId("main").scrollIntoView();
}

let typing;

function searchSoon() {
  clearTimeout(typing);
  typing = setTimeout(applySearch, 300);
}

function searchNow(event) {
  event.preventDefault();
  clearTimeout(typing);
  applySearch();
  history.replaceState({ ...history.state, typed: false }, "");
}

// All that is typed in one go is one step back in the history.
function applySearch() {
  const q = search.value.trim();
  if (q === (view().get("q") ?? "")) return;
  const to = address({ q, cursor: null });
  if (history.state?.typed) history.replaceState({ typed: true }, "", to);
  else history.pushState({ typed: true }, "", to);
  load();
}

// Filled in first, so that nothing is overwritten that someone types at once.
async function openFilter(open) {
  if (open) await using("filter", (it) => it.showFilter(list));
  byId("filter").hidden = !open;
  byId("filter-toggle").ariaExpanded = String(open);
}

const turns = {}; // by module: clicks and keys may come faster than what they need

/** Uses a module that comes when it is first needed, one use after the other. */
function using(module, act) {
  const loadModule = () => needed(() => import(`../list/${module}.js`));
  turns[module] = (turns[module] ?? Promise.resolve())
    .catch(() => {})
    .then(loadModule)
    .then(act);
  return turns[module];
}

function listen(who) {
  Object.assign(list, { who });
  byId("main").addEventListener("click", follow);
  byId("search").addEventListener("submit", searchNow);
  search.addEventListener("input", searchSoon);
  byId("filter-toggle").onclick = () => openFilter(byId("filter").hidden);
  byId("export").onclick = () => using("export", (it) => void it.exportView(list));
  byId("export-selected").onclick = () => using("export", (it) => it.exportSelected());
  byId("move-selected").onclick = () => onRows("move");
  byId("sound").onclick = () => using("chime", (it) => it.toggle());
  byId("save-view").onclick = () => using("saved-views", (it) => it.saveView(list));
  region.addEventListener("click", (event) => {
    if (event.target.type === "checkbox") using("selection", (it) => it.picked(event));
  });
  region.addEventListener(
    "rows",
    () => (byId("shown").textContent = `${count(rows.size, "order")} on this page`),
  );
  addEventListener("popstate", () => {
    search.value = view().get("q") ?? "";
    load();
  });
}

/** Now or never: by the time that a lost connection is back, the keyboard may be at another order. */
function onRows(act) {
  const pressed = performance.now();
  using("keys", (it) => performance.now() - pressed < PATIENCE && it[act](list));
}

keys({
  j: ["Next order", () => onRows("next"), { repeat: true }],
  k: ["Previous order", () => onRows("previous"), { repeat: true }],
  Enter: ["Open the order", () => onRows("open")],
  x: ["Select the order", () => onRows("select")],
  e: ["Move the order, or all selected, to the next status", () => onRows("move")],
});

/** What this browser has kept from an earlier visit: views, the sound, orders that an ended session left behind. */
function recall({ email }) {
  if (localStorage.getItem(`order-desk:views:${email}`)) using("saved-views", (it) => it.watch(list));
  if (localStorage.getItem("order-desk:sound")) using("chime", (it) => it.showSwitch());
  if (sessionStorage.getItem(`order-desk:bulk:${email}:`)) using("bulk", (it) => it.resume(list));
}

const goLive = () =>
  setTimeout(() => import("../list/live.js").then((it) => it.watch(list), goLive), LIVE_AFTER);

start((who) => {
  listen(who);
  load();
  countOrders();
  recall(who);
  goLive();
});
