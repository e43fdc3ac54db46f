// The pages of a list: in the address, with a way on and a way back. Cursors only lead on, so the way back is kept in
// the history entry.
import { byId } from "./dom.js";

export const asked = (name) => new URLSearchParams(location.search).get(name) ?? "";

/** The address of this page with changes; what is empty is left out. */
export function address(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return query.size ? `${location.pathname}?${query}` : location.pathname;
}

const trail = () => history.state?.trail ?? [];

/** Shows the ways from this page, said how much is on it. */
export function showPaging(shown, nextCursor) {
  const here = asked("cursor");
  const [back, on] = [byId("previous"), byId("next")];
  byId("paging").hidden = !here && !nextCursor;
  byId("shown").textContent = `${shown} on this page`;
  back.hidden = !here;
  back.href = address({ cursor: trail().at(-1) });
  back.trail = trail().slice(0, -1);
  on.hidden = !nextCursor;
  on.href = address({ cursor: nextCursor });
  on.trail = [...trail(), here];
}

/** Lets the ways to other pages, and back and forward in the browser, load what they lead to. */
export function onPaging(load) {
  byId("paging").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    history.pushState({ trail: link.trail }, "", link.href);
    byId("main").scrollIntoView();
    load();
  });
  addEventListener("popstate", load);
}

/** Reads the asked page to its end: an answer may hold fewer rows than there are. Answers {rows, nextCursor}. */
export async function readPage(read, limit) {
  const rows = [];
  let cursor = asked("cursor");
  do {
    const answer = await read({ limit: limit - rows.length, ...(cursor && { cursor }) });
    rows.push(...answer.rows);
    cursor = answer.nextCursor;
  } while (cursor && rows.length < limit);
  return { rows, nextCursor: cursor };
}
