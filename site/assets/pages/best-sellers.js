// The products that sold best in a month or in all time. The address names the period and the figure that decides.
import { addMonths, monthOf, moveInWords, periodOf, ranked } from "../best/ranks.js";
import { call } from "../lib/api.js";
import { announce, byId, fill, show, showFailure, stamp } from "../lib/dom.js";
import { count, money, whole } from "../lib/format.js";
import { followedLink } from "../lib/links.js";
import { dateFormat } from "../lib/once.js";
import { address, queryValue } from "../lib/paging.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";
import { productPage } from "../catalog/products.js";

const SHOWN = 20; // products
const COMPARED = 100; // products of the month before in which a product is looked for: the most that the API answers with

const page = byId("best");
const currency = document.querySelector('meta[name="order-desk:currency"]').content;
const monthName = dateFormat({ month: "long", year: "numeric", timeZone: "UTC" });
let loading = new AbortController();
let exported; // what Export saves

const present = () => monthOf(new Date());
const byNow = () => (queryValue("by") === "revenue" ? "revenue" : "units");
const titleOf = (period) => (period === "all" ? "All time" : monthName().format(new Date(`${period}-01`)));

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  const [period, by] = [periodOf(location.search, present()), byNow()];
  page.setAttribute("aria-busy", "true");
  showControls(period, by);
  try {
    const [items, before] = await Promise.all([
      read(period, by, SHOWN, signal),
      period === "all" ? [] : read(addMonths(period, -1), by, COMPARED, signal),
    ]);
    if (!signal.aborted) display(period, by, ranked(items, before, by));
  } catch (error) {
    if (signal.aborted) return; // another period was chosen meanwhile
    if (!sessionEnded(error)) showFailure(page, error, load);
  }
  page.setAttribute("aria-busy", "false");
}

const read = (period, by, limit, signal) =>
  call("GET", `/reports/top-sellers?${new URLSearchParams({ period, by, limit })}`, { signal }).then(
    ({ items }) => items,
  );

function showControls(period, by) {
  document.title = `${titleOf(period)} · Best sellers · Order desk`;
  const month = period === "all" ? present() : period;
  byId("of-month").href = address({ period: month });
  byId("of-all").href = address({ period: "all" });
  byId("of-month").ariaCurrent = period === "all" ? null : "true";
  byId("of-all").ariaCurrent = period === "all" ? "true" : null;
  for (const figure of ["units", "revenue"]) {
    byId(`by-${figure}`).href = address({ by: figure });
    byId(`by-${figure}`).ariaCurrent = figure === by ? "true" : null;
  }
  byId("best-table").dataset.by = by;
  byId("steps").hidden = period === "all";
  byId("previous").href = address({ period: addMonths(month, -1) });
  byId("next").href = address({ period: addMonths(month, 1) });
  byId("next").hidden = month >= present();
}

function display(period, by, rows) {
  const words = by === "units" ? "units" : "revenue";
  fill(page, { period: titleOf(period), by: words });
  byId("best-rows").replaceChildren(...rows.map((row) => rowOf(row, period === "all")));
  show(page, rows.length ? "listed" : "empty");
  exported = [period, by, rows, currency];
  announce(`${titleOf(period)}: ${count(rows.length, "product")} by ${words}`);
}

function rowOf({ item, place, share, move }, isAllTime) {
  const { sku, name, units, revenue, orders } = item;
  const { sign, text } = moveInWords(move);
  const element = stamp("best-row", {
    place: String(place),
    name,
    sku,
    units: whole(units),
    revenue: money(revenue, currency),
    orders: whole(orders),
    move: isAllTime ? "" : sign,
    moved: isAllTime ? "" : text,
  });
  element.querySelector("a").href = productPage(sku);
  element.querySelector("rect").setAttribute("width", String(Math.round(share * 100)));
  return element;
}

start(() => {
  page.addEventListener("click", (event) => {
    const link = followedLink(event);
    if (link?.pathname !== location.pathname) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    load();
  });
  byId("export").onclick = async () => {
    const { exportBest } = await loadModule(() => import("../best/export.js"));
    if (exported) exportBest(...exported);
  };
  byId("export-format").onclick = () =>
    loadModule(() => import("../list/export-choice.js")).then(({ ask }) => ask());
  addEventListener("popstate", load);
  return load();
});
