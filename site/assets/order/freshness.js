// Whether the order on screen, or in the form, is still the stored one. It is read again every minute, when the tab is visible
// again, and before a paper is printed (printing.js), because a colleague may have changed it.
import { Refused, Unreachable, call } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { isolated, statusName } from "../lib/format.js";
import { loadModule } from "../shell/connection.js";
import { eventName } from "./event-name.js";
import { papersOf } from "./papers.js";
import { hasOnlyRemarks } from "./status.js";

const REFRESH_MS = 60_000;
const MAX_LINES = 5;
const ERASED = "This order was erased in the meantime. What you have typed cannot be saved.";
const WHAT_NEXT = {
  placed: "When you save, you choose between both versions.",
  packed: "Only its address, phone and notes can still be changed.",
};
const TOO_LATE = "It can no longer be changed.";

/**
 * Show changes of the order as long as the page is open, but not while somebody works on it. While the order is edited, a
 * notice above the form shows them. `page` is that of order.js.
 */
export function watchOrder(page) {
  const check = () => document.hidden || isBusy(page) || (isEditing() ? warn(page) : refresh(page));
  setInterval(check, REFRESH_MS);
  document.addEventListener("visibilitychange", check);
  addEventListener("pageshow", ({ persisted }) => persisted && check()); // Back to a page that the browser had kept
}

const isBusy = (page) => page.pause.isOn || document.querySelector("dialog[open]") !== null;
export const isEditing = () => !byId("editing").hidden;

async function refresh(page) {
  if (!page.order) return;
  try {
    const current = await call("GET", page.path);
    if (isBusy(page) || isEditing()) return;
    if (hasOnlyRemarks(page.order, current)) keep(page, current);
    else await showNewer(page, current, { focus: false });
  } catch (error) {
    if (!isPassing(error)) await page.explain(error);
  }
}

/** Keep the order on screen, with new remarks on it. Its papers say that it was read now. */
export const keep = (page, current) =>
  current.version > page.order.version ? page.display(current) : papersOf(page.order);

/** Show above the form what others have done with the order since the edit began. Nothing in the form changes. */
async function warn(page) {
  try {
    const current = await call("GET", page.path);
    if (isEditing() && current.version > (page.newer ?? page.order).version)
      await showBesideForm(page, current);
  } catch (error) {
    if (error.status === 404) page.notice(ERASED, { focus: false });
    else if (!isPassing(error)) await page.explain(error);
  }
}

async function showBesideForm(page, current) {
  const { changesSince } = await loadModule(() => import("./differences.js"));
  page.newer = current;
  const events = current.history.slice(page.order.history.length);
  const happened = events.map((entry) => `${isolated(entry.by)}: ${eventName(entry)}`);
  const next = hasOnlyRemarks(page.order, current) ? "" : (WHAT_NEXT[current.status] ?? TOO_LATE);
  page.notice(`This order changed while you were editing it. ${next}`.trim(), {
    list: shortened([...happened, ...changesSince(page.order, current)]),
    focus: false,
  });
}

/** Return the first lines, because the notice stays on screen above the fields. */
const shortened = (lines) =>
  lines.length > MAX_LINES
    ? [...lines.slice(0, MAX_LINES - 1), `and ${lines.length - MAX_LINES + 1} more`]
    : lines;

/** Whether the API may answer the next call. An erased order or an ended session does not pass. */
export const isPassing = (error) =>
  error instanceof Unreachable || (error instanceof Refused && (error.status === 429 || error.status >= 500));

/** Show the stored order, with a notice that says who changed it and what. `rest` is the end of the notice. */
export async function showNewer(page, current, { rest = "", focus = true, by = current.history.at(-1).by }) {
  const { changesSince } = await loadModule(() => import("./differences.js"));
  const changes = changesSince(page.order, current);
  page.display(current);
  const first =
    by === page.who.email
      ? "You have changed this order already."
      : `${isolated(by)} changed this order in the meantime.`;
  const state = `This is how it stands now: ${statusName(current.status)}.`;
  page.notice([first, state, rest].join(" ").trim(), { list: changes, focus });
}
