// Whether the order on screen is still the stored one. It is read again every minute, when the tab is visible again, and
// before a paper is printed, because a colleague may have changed it.
import { Refused, Unreachable, call } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { isolated, statusName } from "../lib/format.js";
import { loadModule } from "../shell/connection.js";
import { papersOf, print } from "./papers.js";

const REFRESH_MS = 60_000;

/** Show changes of the order as long as the page is open, but not while somebody works on it. `page` is that of order.js. */
export function watchOrder(page) {
  const check = () => document.hidden || isBusy(page) || refresh(page);
  setInterval(check, REFRESH_MS);
  document.addEventListener("visibilitychange", check);
  addEventListener("pageshow", ({ persisted }) => persisted && check()); // Back to a page that the browser had kept
}

const isBusy = (page) =>
  !byId("editing").hidden || page.pause.isOn || document.querySelector("dialog[open]") !== null;

async function refresh(page) {
  if (!page.order) return;
  try {
    const current = await call("GET", page.path);
    if (isBusy(page)) return;
    if (current.version > page.order.version) await showNewer(page, current, { focus: false });
    else papersOf(page.order);
  } catch (error) {
    if (!isPassing(error)) await page.explain(error);
  }
}

/** Print a paper of the stored order. If somebody has changed the order, show the changes instead of printing. */
export async function printStored(page, paper) {
  try {
    const current = await call("GET", page.path);
    if (current.version > page.order.version)
      return await showNewer(page, current, { rest: "Nothing was printed: look at it, then print again." });
    papersOf(page.order);
    return print(paper);
  } catch (error) {
    return isPassing(error) ? print(paper, { checked: false }) : page.explain(error);
  }
}

/** Whether the API may answer the next call. An erased order or an ended session does not pass. */
const isPassing = (error) =>
  error instanceof Unreachable || (error instanceof Refused && (error.status === 429 || error.status >= 500));

/** Show the stored order, with a notice that says who changed it and what. `rest` is the end of the notice. */
export async function showNewer(page, current, { rest = "", focus = true }) {
  const { changesSince } = await loadModule(() => import("./differences.js"));
  const changes = changesSince(page.order, current);
  page.display(current);
  const { by } = current.history.at(-1);
  const first =
    by === page.who.email
      ? "You have changed this order already."
      : `${isolated(by)} changed this order in the meantime.`;
  const state = `This is how it stands now: ${statusName(current.status)}.`;
  page.notice([first, state, rest].join(" ").trim(), { list: changes, focus });
}
