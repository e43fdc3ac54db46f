// @ts-check
// The pages of a list. The address has the cursor of the page on screen. The API has cursors for the next page only, so
// the history entry keeps the cursors of the pages before.
import { byId } from "./dom.js";
import { followedLink } from "./links.js";

/**
 * Return the value of a query parameter in this page's address, or "".
 * @param {string} name
 */
export const queryValue = (name) => new URLSearchParams(location.search).get(name) ?? "";

/** @typedef {Record<string, string | null | undefined>} Changes */
/** @typedef {{rows: any[], nextCursor: string | null}} Page */

/**
 * Return the address of this page with changed query parameters. Empty values are left out.
 * @param {Changes} changes
 */
export function address(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const search = query.toString();
  return search ? `${location.pathname}?${search}` : location.pathname;
}

/** @type {() => string[]} */
const trail = () => history.state?.trail ?? []; // the cursors of the pages before this one

/**
 * Show the Previous and Next links and how many rows this page has ("20 orders").
 * @type {(shown: string, nextCursor: string | null, addressOf?: (changes: Changes) => string) => void}
 */
export function showPaging(shown, nextCursor, addressOf = address) {
  const cursor = queryValue("cursor");
  const [previous, next] = [byId("previous"), byId("next")];
  byId("paging").hidden = !cursor && !nextCursor;
  byId("shown").textContent = `${shown} on this page`;
  previous.hidden = !cursor;
  previous.href = addressOf({ cursor: trail().at(-1) });
  previous.trail = trail().slice(0, -1);
  next.hidden = !nextCursor;
  next.href = addressOf({ cursor: nextCursor });
  next.trail = [...trail(), cursor];
}

/**
 * Load the page of a clicked paging link without leaving the document, also after Back and Forward in the browser.
 * @param {() => void} load
 */
export function onPaging(load) {
  byId("paging").addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const link = followedLink(event);
    if (!link) return;
    event.preventDefault();
    history.pushState({ trail: link.trail }, "", link.href);
    byId("main").scrollIntoView();
    load();
  });
  addEventListener("popstate", load);
}

/**
 * Read until a page has `limit` rows or the list ends, because one response may have fewer rows than it was asked for.
 * Resolve to {rows, nextCursor}, as each `read({limit, cursor})` does.
 * @type {(read: (part: {limit: number, cursor?: string}) => Promise<Page>, limit: number, cursor?: string | null) => Promise<Page>}
 */
export async function readPage(read, limit, cursor = queryValue("cursor")) {
  /** @type {any[]} */
  const rows = [];
  let next = cursor;
  do {
    const part = await read({ limit: limit - rows.length, ...(next && { cursor: next }) });
    rows.push(...part.rows);
    next = part.nextCursor;
  } while (next && rows.length < limit);
  return { rows, nextCursor: next };
}
