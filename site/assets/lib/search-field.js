// @ts-check
// The search form of a list. It searches while somebody types, and the address contains the searched text.
import { queryValue } from "./paging.js";
import { line } from "./text.js";

const PAUSE_MS = 300; // from the last letter to the search

/**
 * Wire a search form. `addressOf(changes)` returns the list's address with changes, and `load()` shows the list of the
 * page's address.
 * @param {HTMLFormElement} form
 * @param {{addressOf: (changes: import("./paging.js").Changes) => string, load: () => void}} list
 */
export function searchField(form, { addressOf, load }) {
  const field = form.q;
  let timer = 0;

  /** Search for the typed text. All text typed without pressing Enter in between is one entry in the history. */
  function apply() {
    clearTimeout(timer);
    timer = 0;
    const q = line(field.value);
    if (q === queryValue("q")) return;
    const to = addressOf({ q, cursor: null });
    if (history.state?.typed) history.replaceState({ typed: true }, "", to);
    else history.pushState({ typed: true }, "", to);
    load();
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, PAUSE_MS);
  });
  // Before a link is followed, because its address then has the typed text too.
  document.addEventListener("click", () => timer && apply(), true);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
    history.replaceState({ ...history.state, typed: false }, "");
  });
  addEventListener("popstate", () => (field.value = queryValue("q")));
}

/**
 * Show the searched text of the address in the field, except while somebody types there.
 * @param {HTMLFormElement} form
 */
export function showSearch({ q: field }) {
  if (document.activeElement !== field) field.value = queryValue("q");
}
