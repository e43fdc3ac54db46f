// @ts-check
// The search of a list: it searches while somebody types, and the address has what is searched for.
import { asked } from "./paging.js";

const PAUSE_MS = 300; // without typing before the search begins

/**
 * Wire a search form. `addressOf(changes)` makes the list's address, `load()` shows what the address asks for.
 * @param {HTMLFormElement} form
 * @param {{addressOf: (changes: import("./paging.js").Changes) => string, load: () => void}} list
 */
export function searchField(form, { addressOf, load }) {
  const field = form.q;
  let timer = 0;

  /** All that is typed in one go is one step back in the history. */
  function apply() {
    clearTimeout(timer);
    const q = field.value.trim();
    if (q === asked("q")) return;
    const to = addressOf({ q, cursor: null });
    if (history.state?.typed) history.replaceState({ typed: true }, "", to);
    else history.pushState({ typed: true }, "", to);
    load();
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
    history.replaceState({ ...history.state, typed: false }, "");
  });
  addEventListener("popstate", () => (field.value = asked("q")));
}

/**
 * Show in the field what the address asks for, except while somebody types in it.
 * @param {HTMLFormElement} form
 */
export function showSearch({ q: field }) {
  if (document.activeElement !== field) field.value = asked("q");
}
