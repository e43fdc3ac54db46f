// Finds a product while one types its name or SKU.
import { call, unsearchable } from "../lib/api.js";
import { combobox } from "../lib/combobox.js";
import { byId, stamp } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";

const input = byId("product-search");
const MOST = 15; // products that are offered at a time: whoever wants another types on
const MOST_PAGES = 3; // a page may hold nothing that is on sale although more come after it

// More than one cell or row, or a row "SKU quantity" where the SKU has a digit: "bleach 5" is something to search for.
const isRows = (text) => /[\n\t;]/.test(text) || /^\S*\d\S*[\s,]+\d+$/.test(text);

/** Calls onPick with the product that was chosen, onRows with pasted text that is rows of a spreadsheet. */
export function productPicker({ onPick, onRows }) {
  let all = null; // {text, items}: an answer that holds everything there is for a text

  async function find(text, signal) {
    const instead = unsearchable(text, 1);
    if (instead) return { items: [], note: instead };
    try {
      const found = await onSale(text, signal);
      const items = exactFirst(found.items, text);
      all = found.isAll ? { text, items } : null;
      return { items, note: items.length ? more(found) : nothing(text) };
    } catch (error) {
      sessionEnded(error);
      throw error;
    }
  }

  /** Who goes on typing need not wait once all is here. */
  function narrow(text) {
    if (!all || !text.startsWith(all.text)) return null;
    const words = text.toLowerCase().split(/\s+/);
    const items = all.items.filter((product) => words.every((word) => textOf(product).includes(word)));
    return { items: exactFirst(items, text), note: items.length ? "" : nothing(text) };
  }

  function picked(product) {
    input.value = "";
    all = null; // it will not be true for ever
    onPick(product);
  }

  combobox({ input, find, option, keyOf: ({ sku }) => sku, onPick: picked, narrow, exact });
  input.onpaste = (event) => {
    const text = event.clipboardData.getData("text/plain").trim();
    if (!isRows(text)) return;
    event.preventDefault();
    onRows(text);
  };
  return { focus: () => input.focus() };
}

/** The first products on sale for a text, and whether they are all of them. */
async function onSale(text, signal) {
  let items = [];
  let cursor = "";
  for (let page = 0; page < MOST_PAGES && !items.length && cursor !== null; page++) {
    const query = new URLSearchParams({ q: text, limit: MOST, ...(cursor && { cursor }) });
    const answer = await call("GET", `/products?${query}`, { signal });
    items = answer.products.filter((product) => product.active);
    cursor = answer.nextCursor;
  }
  return { items, isAll: cursor === null };
}

/** The product on sale of that SKU, or null: found at once, however long a search through the catalog takes. */
async function exact(text, signal) {
  if (unsearchable(text, 1) || !/^\S*[\d._-]\S*$/.test(text)) return null;
  for (const sku of new Set([text, text.toUpperCase()])) {
    const product = await call("GET", `/products/${encodeURIComponent(sku)}`, { signal }).catch(() => null);
    if (product?.active) return product;
  }
  return null;
}

const more = ({ isAll }) => (isAll ? "" : "There are more: type on.");
const nothing = (text) => `No product matches “${text}”.`;
const exactFirst = (items, text) => items.toSorted((one, other) => isExact(other, text) - isExact(one, text));
const isExact = ({ sku }, text) => sku.toLowerCase() === text.toLowerCase();
const textOf = ({ name, sku }) => `${name} ${sku}`.toLowerCase();

function option({ name, sku, unit, unitPrice, currency }) {
  return stamp("product-option", { name, sku, unit, price: money(unitPrice, currency) });
}
