// The list of all accounts, for admins. The address contains the searched beginning of an e-mail address and the cursor.
import { call } from "../lib/api.js";
import { announce, byId, fill, show, showFailure, stamp } from "../lib/dom.js";
import { count, time } from "../lib/format.js";
import { address, onPaging, queryValue, readPage, showPaging } from "../lib/paging.js";
import { searchField, showSearch } from "../lib/search-field.js";
import { invite, onInvitation } from "../people/invite.js";
import { onPersonChange, open } from "../people/person.js";
import { groupWords, inOrder, sourceWords, stateWords } from "../people/words.js";
import { sessionEnded, start } from "../shell/shell.js";

const PAGE_SIZE = 50; // accounts

const region = byId("people");
const rows = new Map(); // by the ID of the account
let loading = new AbortController();
let own; // the address of the admin

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  region.setAttribute("aria-busy", "true");
  showSearch(byId("search"));
  try {
    const page = await readPage((part) => read(part, signal), PAGE_SIZE);
    if (!signal.aborted) display(page);
  } catch (error) {
    if (signal.aborted) return; // another search began meanwhile
    if (!sessionEnded(error)) fail(error);
  }
  region.setAttribute("aria-busy", "false");
}

async function read(part, signal) {
  const query = new URLSearchParams({ ...(queryValue("q") && { q: queryValue("q") }), ...part });
  const { people, nextCursor } = await call("GET", `/people?${query}`, { signal });
  return { rows: people, nextCursor };
}

/** Show why there is no list. An admin whose group was taken away gets the state that staff see. */
function fail(error) {
  byId("invite").hidden = error.status === 403;
  if (error.status === 403) show(region, "admins-only");
  else showFailure(region, error, load);
}

function display({ rows: people, nextCursor }) {
  rows.clear();
  byId("person-rows").replaceChildren(...inOrder(people).map(row));
  showPaging(count(people.length, "person", "people"), nextCursor);
  fill(region, { asked: `“${queryValue("q")}”` });
  show(region, people.length || !queryValue("q") ? "listed" : "no-result");
  announce(`${count(people.length, "person", "people")} shown`);
}

function row(person) {
  const element = stamp("person-row");
  rows.set(person.sub, element);
  return write(element, person);
}

function write(element, person) {
  element.querySelector(".col-state span").dataset.is = person.state;
  element.querySelector("button").onclick = () => open(person, own);
  return fill(element, {
    email: person.email ?? person.sub,
    source: sourceWords(person),
    groups: groupWords(person.groups),
    state: stateWords(person, Date.now()),
    last: person.lastSignInAt ? time(person.lastSignInAt) : "–",
  });
}

/** Show a changed account in its place, which the next load may change. The closed dialog gives the focus back to it. */
function rewrite(person) {
  const element = rows.get(person.sub);
  if (element) write(element, person);
}

start((who) => {
  byId("invite").hidden = !who.isAdmin;
  if (!who.isAdmin) {
    region.setAttribute("aria-busy", "false");
    return show(region, "admins-only");
  }
  own = who.email;
  byId("invite").disabled = false;
  byId("invite").onclick = invite;
  onInvitation((person) => person && load());
  onPersonChange(rewrite);
  searchField(byId("search"), { addressOf: address, load });
  onPaging(load);
  return load();
});
