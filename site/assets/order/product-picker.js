// Suggestions of products while somebody types a name or a SKU.
import { call, unsearchable } from "../lib/api.js";
import { combobox } from "../lib/combobox.js";
import { byId, stamp, typeInto } from "../lib/dom.js";
import { isolated, money } from "../lib/format.js";
import { letters } from "../lib/letters.js";
import { sessionEnded } from "../shell/shell.js";
import { forgetNotAdded, showNotAdded } from "./not-added.js";
import { isRows } from "./pasted-text.js";
import { byFit } from "./product-fit.js";

const input = byId("product-search");
const MAX_PRODUCTS = 15; // products that are offered at a time

/**
 * Call `onPick(product)` with a chosen product, `onRows(text)` with pasted rows of a spreadsheet, and `onEmpty()` after Enter
 * without a text.
 */
export function productPicker({ onPick, onRows, onEmpty }) {
  const search = new ProductSearch();
  const picked = (product) => {
    input.value = "";
    search.forget();
    onPick(product);
  };
  combobox({
    ...search.options,
    input,
    option: productOption,
    keyOf: ({ sku }) => sku,
    onPick: picked,
    exact: onSaleAs,
    onEmpty,
    onDropped: showNotAdded,
  });
  byId("not-added-close").onclick = () => {
    forgetNotAdded();
    input.focus();
  };
  input.onpaste = (event) => {
    const text = event.clipboardData.getData("text/plain").trim();
    if (!isRows(text)) return;
    event.preventDefault();
    onRows(text);
  };
  return { focus: () => input.focus(), enter };
}

/** Type a code into the search and press Enter, as a scanner does. */
function enter(code) {
  input.focus();
  input.value = "";
  typeInto(input, `${code}\n`);
}

class ProductSearch {
  // {text, items}: the last search with a complete result, so that a longer text can be filtered without a request
  #all = null;

  options = { find: (text, signal) => this.#find(text, signal), narrow: (text) => this.#narrow(text) };

  /** Forget the last complete result, because the catalog may change. */
  forget() {
    this.#all = null;
  }

  async #find(text, signal) {
    const instead = unsearchable(text, 1);
    if (instead) return { items: [], note: instead };
    try {
      const { items, isAll } = await onSale(text, signal);
      this.#all = isAll ? { text, items } : null;
      return { items, note: items.length ? more(isAll) : nothing(text) };
    } catch (error) {
      sessionEnded(error);
      throw error;
    }
  }

  /** Return the products for a text without a request, or null unless all products for its beginning are known. */
  #narrow(text) {
    if (!this.#all || !text.startsWith(this.#all.text)) return null;
    const words = text.split(" ").map(letters);
    const items = this.#all.items.filter((product) => words.every((word) => textOf(product).includes(word)));
    return { items: byFit(items, text), note: items.length ? "" : nothing(text) };
  }
}

/** Resolve to {items, isAll}: the products on sale that fit a text best, and whether there are no others. */
async function onSale(text, signal) {
  const query = new URLSearchParams({ q: text, active: "true", limit: MAX_PRODUCTS });
  const { products, nextCursor } = await call("GET", `/products?${query}`, { signal });
  return { items: products, isAll: nextCursor === null };
}

/** Resolve to the product on sale with this SKU, or null. One read is faster than a search through the catalog. */
export async function onSaleAs(text, signal) {
  if (unsearchable(text, 1) || !/^\S*[\d._-]\S*$/.test(text)) return null;
  for (const sku of new Set([text, text.toUpperCase()])) {
    const product = await call("GET", `/products/${encodeURIComponent(sku)}`, { signal }).catch(() => null);
    if (product?.active) return product;
  }
  return null;
}

const more = (isAll) => (isAll ? "" : "There are more: type on.");
const nothing = (text) => `No product matches “${isolated(text)}”.`;
const textOf = ({ name, sku, category, description = "" }) =>
  letters(`${name} ${sku} ${category} ${description}`);

function productOption({ name, sku, unit, unitPrice, currency }) {
  return stamp("product-option", { name, sku, unit, price: money(unitPrice, currency) });
}
