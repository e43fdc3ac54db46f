// The removal of a person from the saved views of this browser, and from the lists and typed texts of this tab.

const VIEWS = "order-desk:views:";
const RESULTS = "order-desk:settled:"; // of dead letters, which name customers without an address
// An address begins at such a place and ends at such a one; anywhere else it is a part of another address.
const BEFORE = "(?<![\\p{L}\\p{N}_.+'-])";
const AFTER = "(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])";
// The same in an address of a page, with + for a blank. The codes are those of a line break, a blank and " ( , : ; < there.
const BEFORE_ENCODED = "(?:(?<![\\p{L}\\p{N}_.'-])|(?<=%(?:0A|20|22|28|2C|3A|3B|3C)))";
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g; // characters with a meaning in a regular expression

/**
 * Forget an e-mail address in this browser: saved views of everybody who names it in a filter, a search or the name of the view,
 * and what this tab keeps about it, with the results of dead letters. `local` and `session` are the storages of the browser.
 */
export function forgetPerson(email, local = localStorage, session = sessionStorage) {
  for (const key of keysOf(local).filter((one) => one.startsWith(VIEWS))) forgetViews(local, key, email);
  for (const key of keysOf(session))
    if (key.startsWith(RESULTS) || (key.startsWith("order-desk:") && isAbout(key, email, session)))
      session.removeItem(key);
}

const isAbout = (key, email, storage) => names(key, email) || names(storage.getItem(key), email);

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

/** Whether a text names an address, as it is, as an address of a page or as JSON has it, and not as a part of another one. */
function names(text, email) {
  const encoded = [encodeURIComponent(email), new URLSearchParams({ email }).toString().slice(6)];
  return isIn(text, BEFORE, email) || encoded.some((one) => isIn(text, BEFORE_ENCODED, one));
}

function isIn(text, before, written) {
  return [written, JSON.stringify(written).slice(1, -1)].some((one) => {
    const plain = one.replace(SYNTAX, "\\$&");
    return new RegExp(`${before}${plain}${AFTER}`, "iu").test(text);
  });
}

const keysOf = (storage) => Array.from({ length: storage.length }, (_, at) => storage.key(at));
