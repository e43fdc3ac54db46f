// What a browser remembers of a person: saved views, and what this tab has of lists and typed texts.

const VIEWS = "order-desk:views:";
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g; // characters with a meaning in a regular expression

/**
 * Forget an e-mail address in this browser: saved views of everybody who names it in a filter, a search or the name of the view,
 * and what this tab keeps. `local` and `session` are the storages of the browser.
 */
export function forgetPerson(email, local = localStorage, session = sessionStorage) {
  for (const key of keysOf(local).filter((one) => one.startsWith(VIEWS))) forgetViews(local, key, email);
  for (const key of keysOf(session))
    if (key.startsWith("order-desk:") && (names(key, email) || names(session.getItem(key), email)))
      session.removeItem(key);
}

function forgetViews(local, key, email) {
  const views = listIn(local.getItem(key));
  const kept = views.filter(({ name, address }) => !names(name, email) && !names(address, email));
  if (kept.length === views.length) return;
  if (kept.length) local.setItem(key, JSON.stringify(kept));
  else local.removeItem(key);
}

/** Return the list in a text of JSON, or an empty list. */
function listIn(text) {
  try {
    const found = JSON.parse(text);
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** Whether a text names an address, as it is, as an address of a page or as JSON has it, and not as the end of another one. */
function names(text, email) {
  const written = [email, encodeURIComponent(email), new URLSearchParams({ email }).toString().slice(6)];
  const inJson = written.map((one) => JSON.stringify(one).slice(1, -1));
  return [...written, ...inJson].some((one) => {
    const plain = one.replace(SYNTAX, "\\$&");
    return new RegExp(`(?<![\\p{L}\\p{N}.+-])${plain}`, "iu").test(text);
  });
}

const keysOf = (storage) => Array.from({ length: storage.length }, (_, at) => storage.key(at));
