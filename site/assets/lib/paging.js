// @ts-check
// The pages of a list, in the address. Cursors only lead on, so the way back is kept in the history entry.
import { byId } from "./dom.js";
import { followedLink } from "./links.js";

/**
 * The value of a name in this page's address, or "".
 * @param {string} name
 */
export const asked = (name) => new URLSearchParams(location.search).get(name) ?? "";

/** @typedef {Record<string, string | null | undefined>} Changes */
/** @typedef {{rows: any[], nextCursor: string | null}} Page */

/**
 * The address of this page with changes; empty values are left out.
 * @param {Changes} changes
 */
export function address(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return query.size ? `${location.pathname}?${query}` : location.pathname;
}

/** @type {() => string[]} */
const trail = () => history.state?.trail ?? []; // the cursors of the pages before this one

/**
 * Show the Previous and Next links and how many rows this page has ("20 orders").
 * @type {(shown: string, nextCursor: string | null, addressOf?: (changes: Changes) => string) => void}
 */
export function showPaging(shown, nextCursor, addressOf = address) {
  const here = asked("cursor");
  const [previous, next] = [byId("previous"), byId("next")];
  byId("paging").hidden = !here && !nextCursor;
  byId("shown").textContent = `${shown} on this page`;
  previous.hidden = !here;
  previous.href = addressOf({ cursor: trail().at(-1) });
  previous.trail = trail().slice(0, -1);
  next.hidden = !nextCursor;
  next.href = addressOf({ cursor: nextCursor });
  next.trail = [...trail(), here];
}

/**
 * Load what a paging link leads to in place, also after back and forward in the browser.
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
 * Reads until a page has `limit` rows or the list ends, because one response may have fewer rows than there are.
 * `read({limit, cursor})` resolves to {rows, nextCursor}; so does this.
 * @type {(read: (part: {limit: number, cursor?: string}) => Promise<Page>, limit: number, cursor?: string | null) => Promise<Page>}
 */
export async function readPage(read, limit, cursor = asked("cursor")) {
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
