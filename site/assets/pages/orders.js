// The list of orders. Everything it shows stands in the address: status, customer, dates, page.
import { call } from "../api.js";
import { byId, show, showFailure, stamp } from "../dom.js";
import { count, money, orderNumber, time } from "../format.js";
import { badge } from "../order-status.js";
import { announce, sessionEnded, start } from "../shell.js";

const FILTERS = ["status", "customer", "from", "to"];
const region = byId("orders");
let loading = new AbortController();

const view = () => new URLSearchParams(location.search);
const address = (changes) => {
  const query = view();
  for (const [name, value] of Object.entries(changes)) value ? query.set(name, value) : query.delete(name);
  return query.size ? `/orders.html?${query}` : "/orders.html";
};

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  region.setAttribute("aria-busy", "true");
  showFilters();
  try {
    showOrders(await call("GET", `/orders${query()}`, { signal }));
  } catch (error) {
    if (signal.aborted) return; // another view was asked for meanwhile
    if (!sessionEnded(error)) showFailure(region, error, load);
  }
  region.setAttribute("aria-busy", "false");
}

// A day is the person's own day, whatever the server's time zone is.
function query() {
  const asked = view();
  for (const [name, clock] of [
    ["from", "00:00:00"],
    ["to", "23:59:59.999"],
  ]) {
    const moment = new Date(`${asked.get(name)}T${clock}`);
    if (!Number.isNaN(moment.getTime())) asked.set(name, moment.toISOString());
  }
  return asked.size ? `?${asked}` : "";
}

function showFilters() {
  const asked = view();
  for (const link of document.querySelectorAll("a[data-status]")) {
    link.href = address({ status: link.dataset.status, cursor: null });
    if (link.dataset.status === (asked.get("status") ?? "")) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const name of FILTERS) byId("filter").elements[name].value = asked.get(name) ?? "";
  byId("clear-filter").href = address({ customer: null, from: null, to: null, cursor: null });
  if (asked.has("customer") || asked.has("from") || asked.has("to")) openFilter(true);
}

function openFilter(open) {
  byId("filter").hidden = !open;
  byId("filter-toggle").setAttribute("aria-expanded", String(open));
}

function showOrders({ orders, nextCursor }) {
  byId("order-rows").replaceChildren(...orders.map(row));
  showPaging(orders.length, nextCursor);
  const filtered = [...FILTERS, "cursor"].some((name) => view().has(name));
  show(region, orders.length ? "listed" : filtered ? "no-result" : "empty");
  announce(orders.length ? `${count(orders.length, "order")} shown` : "No orders");
}

function row(order) {
  const element = stamp("order-row", {
    number: orderNumber(order.orderID),
    placed: time(order.createdAt),
    customer: order.customer.name,
    company: order.customer.company || order.customer.email,
    lines: String(order.lineCount),
    total: order.status === "rejected" ? "–" : money(order.total, order.currency),
    status: badge(order.status),
  });
  element.querySelector("a").href = `/order.html?id=${encodeURIComponent(order.orderID)}`;
  return element;
}

// Cursors only lead to older orders, so the way back is kept in the history entry.
const trail = () => history.state?.trail ?? [];

function showPaging(shown, nextCursor) {
  const here = view().get("cursor");
  const [newer, older] = [byId("newer"), byId("older")];
  byId("paging").hidden = !here && !nextCursor;
  byId("shown").textContent = `${count(shown, "order")} on this page`;
  newer.hidden = !here;
  newer.href = address({ cursor: trail().at(-1) });
  newer.trail = trail().slice(0, -1);
  older.hidden = !nextCursor;
  older.href = address({ cursor: nextCursor });
  older.trail = [...trail(), here ?? ""];
}

function go(event) {
  const link = event.target.closest('a[href^="/orders.html"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  history.pushState({ trail: link.trail ?? [] }, "", link.href);
  load();
  if (link.closest("#paging")) byId("main").scrollIntoView();
}

function applyFilter(event) {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  history.pushState({}, "", address({ ...fields, cursor: null }));
  load();
}

start(() => {
  byId("main").addEventListener("click", go);
  byId("filter").addEventListener("submit", applyFilter);
  byId("filter-toggle").onclick = () => openFilter(byId("filter").hidden);
  addEventListener("popstate", load);
  load();
});
