// The list of dead letters, the newest first. The address has the state, the source and the cursor.
import { lastLetters } from "../dead/letters.js";
import { showRows } from "../dead/rows.js";
import { wireSelection } from "../dead/selection.js";
import { call } from "../lib/api.js";
import { announce, byId, show, showFailure } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { deadLetterPage, followedLink } from "../lib/links.js";
import { address, onPaging, queryValue, readPage, showPaging } from "../lib/paging.js";
import { PlaceInList } from "../lib/place-in-list.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";

const PAGE_SIZE = 50; // letters

const region = byId("letters");
const tabs = byId("state-tabs").querySelectorAll("a");
let loading = new AbortController();
let place;
let isAdmin;

const stateNow = () => queryValue("state") || "open";

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  region.setAttribute("aria-busy", "true");
  showFilter();
  try {
    const [page, halfSent] = await Promise.all([
      readPage((part) => read({ state: stateNow(), ...part }, signal), PAGE_SIZE),
      isFirst() ? read({ state: "sending", limit: 1 }, signal) : { rows: [] },
    ]);
    if (!signal.aborted) display(page, halfSent.rows);
  } catch (error) {
    if (signal.aborted) return; // another list was asked for meanwhile
    if (!sessionEnded(error)) showFailure(region, error, load);
  }
  byId("accounting").hidden = false; // now that the list above has its height
  region.setAttribute("aria-busy", "false");
}

const isFirst = () => stateNow() === "open" && !queryValue("cursor");

/** Resolve to a page of letters. The state `all` is no filter. */
async function read({ state, ...part }, signal) {
  const filter = Object.entries({ source: queryValue("source"), state: state === "all" ? "" : state });
  const asked = Object.fromEntries(filter.filter(([, value]) => value));
  const query = new URLSearchParams({ ...asked, ...part });
  const { deadLetters, nextCursor } = await call("GET", `/dead-letters?${query}`, { signal });
  return { rows: deadLetters, nextCursor };
}

function showFilter() {
  for (const tab of tabs) {
    const { state } = tab.dataset;
    tab.href = address({ state: state === "open" ? null : state, cursor: null });
    tab.ariaCurrent = state === stateNow() ? "true" : null;
  }
  scrollToCurrent();
  byId("source").value = queryValue("source");
}

/** Scroll the tabs, of which a phone shows three, to the one of the list on screen. */
function scrollToCurrent() {
  const current = [...tabs].find((tab) => tab.ariaCurrent);
  const strip = byId("state-tabs");
  if (current) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - current.offsetWidth;
}

function display({ rows, nextCursor }, halfSent) {
  showPaging(count(rows.length, "letter"), nextCursor);
  showRows(rows, { isAdmin, withState: stateNow() === "all" });
  byId("half-sent").hidden = !halfSent.length;
  const isAll = ["open", "all"].includes(stateNow()) && !queryValue("source") && !queryValue("cursor");
  show(region, rows.length ? "listed" : isAll ? "empty" : "no-result");
  announce(rows.length ? `${count(rows.length, "dead letter")} shown` : "No dead letters");
  place.focusOpened();
}

function visit(changes) {
  history.pushState(null, "", address({ ...changes, cursor: null }));
  load();
}

function wireFilter() {
  byId("source").onchange = () => visit({ source: byId("source").value });
  byId("state-tabs").addEventListener("click", (event) => {
    const link = followedLink(event);
    if (!link) return;
    event.preventDefault();
    const { state } = link.dataset;
    visit({ state: state === "open" ? null : state });
  });
}

/** Count the orders each time somebody opens their card, because that reads much. */
function wireAccounting() {
  const card = byId("accounting");
  card.ontoggle = async () => {
    if (!card.open) return;
    const { showAccounting } = await loadModule(() => import("../dead/accounting.js"));
    await showAccounting();
  };
  byId("count-again").addEventListener("click", load); // because the list may have what is missing by now
}

start((who) => {
  ({ isAdmin } = who);
  const drafts = lastLetters(who);
  place = new PlaceInList({ drafts, rows: byId("letter-rows"), pageOf: deadLetterPage });
  if (isAdmin) wireSelection(who, load);
  wireFilter();
  onPaging(load);
  load();
  wireAccounting();
});
