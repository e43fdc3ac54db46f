// The page of the search: shows what matches while somebody types in the field of the header, and keeps the address in step.
import { cardOf, searchIn } from "./ranking.js";

const INDEX = "/search/index.json";
const PAUSE_MS = 150; // Safari refuses a page that changes its address more than 100 times in 30 s
const SHOWN = 48; // results at once; a browser needs long for thousands

const field = document.getElementById("q");
const found = document.getElementById("found");
const results = document.getElementById("results");
const more = document.getElementById("more");
const categories = document.getElementById("categories");
const template = document.getElementById("result");
const rates = JSON.parse(results.dataset.rates);
const hint = found.textContent;
const title = document.title;
let later;

/** Load the index once. A load that failed is tried again by the next key. */
let loading;
function load() {
  loading ??= fetch(INDEX)
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.statusText))))
    .then((index) => ({ index, search: searchIn(index) }))
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

function keepAddress() {
  const query = field.value.trim();
  history.replaceState(history.state, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
}

async function show() {
  const query = field.value.trim();
  document.title = query ? `${query} – ${title}` : title;
  clearTimeout(later);
  later = setTimeout(keepAddress, PAUSE_MS);
  if (!query) return showNothing(hint);
  try {
    const { index, search } = await load();
    if (field.value.trim() === query) showFound(index, search(query), query);
  } catch {
    showNothing("The search could not be loaded. Check your connection and type again.");
  }
}

function showFound(index, places, query) {
  const count = places.length.toLocaleString("en-GB");
  found.textContent = places.length
    ? `${count} product${places.length === 1 ? "" : "s"} for “${query}”`
    : `Nothing found for “${query}”. Try fewer or shorter words.`;
  results.replaceChildren();
  results.hidden = places.length === 0;
  categories.hidden = places.length > 0;
  append(index, places);
}

function append(index, places) {
  results.append(...places.slice(0, SHOWN).map((at) => cardElement(cardOf(index, at, rates))));
  const rest = places.slice(SHOWN);
  more.hidden = rest.length === 0;
  more.firstElementChild.onclick = () => {
    const next = results.children.length;
    append(index, rest);
    results.children[next].querySelector("a").focus();
  };
}

function showNothing(text) {
  found.textContent = text;
  results.hidden = true;
  more.hidden = true;
  categories.hidden = false;
}

function cardElement(card) {
  const element = template.content.cloneNode(true);
  const button = element.querySelector(".add");
  Object.assign(button.dataset, { sku: card.sku, name: card.name, price: card.minor, least: 1 });
  button.querySelector("span").textContent = ` ${card.name}`;
  const set = (selector, text) => (element.querySelector(selector).textContent = text);
  element.querySelector("a").href = `/p/${card.sku}`;
  set("a bdi", card.name);
  set(".unit bdi", card.unit);
  set("code", card.sku);
  set(".net b", card.net);
  set(".net span", card.note);
  if (card.gross) set(".gross b", card.gross);
  else element.querySelector(".gross").remove();
  element.querySelector(".price").classList.toggle("only-net", !card.gross);
  return element;
}

field.value = new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", show);
field.addEventListener("change", keepAddress); // before a link is followed
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
categories.hidden = field.value !== "";
show();
// With a keyboard, one goes on typing. On a phone, its picture would cover the results.
if (!field.value || matchMedia("(hover: hover)").matches) field.focus();
field.setSelectionRange(field.value.length, field.value.length);
