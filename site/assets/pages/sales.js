// Revenue of a day, a week or a month beside the one before. The address names the period.
import { call } from "../lib/api.js";
import { dateOf, isDate, minuteOf } from "../lib/days.js";
import { announce, byId, show, showFailure } from "../lib/dom.js";
import { followedLink } from "../lib/links.js";
import { showControls } from "../sales/controls.js";
import { reportOn } from "../sales/figures.js";
import { addressOf, edgesOf, periodOf, periodWith } from "../sales/periods.js";
import { showReport } from "../sales/show.js";
import { titleOf } from "../sales/words.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";

const page = byId("sales");
const field = byId("date");
let loading = new AbortController();
let typing = false; // whether the last visit came from the field of dates, which changes with each digit
let exported; // what Export saves

const shownPeriod = () => periodOf(location.search, new Date());

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  const now = new Date();
  const period = shownPeriod();
  page.setAttribute("aria-busy", "true");
  showControls(period, now);
  document.title = `${titleOf(period)} · Sales · Order desk`;
  try {
    const { sales, currency } = await read(edgesOf(period, now), signal);
    if (!signal.aborted) display(period, sales, currency, now);
  } catch (error) {
    if (signal.aborted) return; // another period was chosen meanwhile
    if (!sessionEnded(error)) showFailure(page, error, load);
  }
  page.setAttribute("aria-busy", "false");
}

const read = (edges, signal) =>
  call("GET", `/reports/sales?${new URLSearchParams({ edges: edges.map(minuteOf) })}`, { signal });

function display(period, sales, currency, now) {
  const report = reportOn(period, sales, now);
  showReport(period, report, currency, now);
  show(page, "shown");
  exported = [period, report, currency];
  announce(`${titleOf(period)}: ${byId("revenue").querySelector("strong").textContent}`);
}

/** Show another period. The address of the present one stays in the history, unless it is `replaced`. */
async function visit(address, { replaced = false } = {}) {
  history[replaced ? "replaceState" : "pushState"](null, "", address);
  await load();
}

async function follow(event) {
  const link = followedLink(event);
  if (link?.pathname !== location.pathname) return;
  event.preventDefault();
  typing = false;
  const leavesRow = byId("report").contains(link);
  await visit(link.href);
  if (!leavesRow) return;
  byId("main").scrollIntoView();
  byId("period").focus();
}

function choose() {
  if (!isDate(field.value) || !field.validity.valid) return;
  visit(addressOf(periodWith(shownPeriod().kind, field.value)), { replaced: typing });
  typing = true;
}

start(() => {
  field.max = dateOf(new Date());
  page.addEventListener("click", follow);
  field.onchange = choose;
  field.onblur = () => (typing = false);
  byId("export").onclick = async () => {
    const { exportReport } = await loadModule(() => import("../sales/export.js"));
    if (exported) exportReport(...exported);
  };
  byId("export-format").onclick = () =>
    loadModule(() => import("../list/export-choice.js")).then(({ ask }) => ask());
  addEventListener("popstate", load);
  return load();
});
