// Finds a product while one types its name or SKU: a combobox with a list (WAI-ARIA, list autocomplete).
import { call } from "./api.js";
import { byId, stamp } from "./dom.js";
import { count, money } from "./format.js";
import { sessionEnded } from "./shell.js";

const input = byId("product-search");
const list = byId("product-list");
const options = byId("product-options");
const note = byId("product-note");
const PAUSE = 120; // ms of no typing before asking

/** Calls onPick with the product that was chosen. */
export function productPicker(onPick) {
  let products = [];
  let active = -1;
  let asking = new AbortController();
  let timer;
  let pickFirst = false; // Enter came before the answer

  function search() {
    clearTimeout(timer);
    asking.abort();
    asking = new AbortController();
    timer = setTimeout(ask, PAUSE, input.value.trim(), asking.signal);
  }

  async function ask(words, signal) {
    timer = undefined;
    try {
      const found = await call("GET", `/products?${new URLSearchParams({ q: words, limit: 30 })}`, { signal });
      if (!signal.aborted)
        offer(
          found.products.filter((product) => product.active),
          words,
        );
    } catch (error) {
      if (signal.aborted || sessionEnded(error)) return;
      offer([], words);
      note.textContent = error.message;
    }
  }

  function offer(found, words) {
    products = found;
    options.replaceChildren(...products.map(option));
    note.textContent = products.length ? "" : `No product matches “${words}”.`;
    open(true);
    point(products.length ? 0 : -1);
    if (pickFirst && products.length) pick(0);
    pickFirst = false;
  }

  function option(product, index) {
    const { name, sku, unit } = product;
    const element = stamp("product-option", { name, sku, unit, price: money(product.unitPrice, product.currency) });
    element.id = `product-option-${index}`;
    element.onpointerdown = (event) => event.preventDefault(); // the focus stays in the field
    element.onclick = () => pick(index);
    return element;
  }

  function open(wanted) {
    list.hidden = !wanted;
    input.setAttribute("aria-expanded", String(wanted));
    if (!wanted) point(-1);
  }

  function point(index) {
    options.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const element = options.children[active];
    if (!element) return input.removeAttribute("aria-activedescendant");
    element.setAttribute("aria-selected", "true");
    element.scrollIntoView({ block: "nearest" });
    return input.setAttribute("aria-activedescendant", element.id);
  }

  function pick(index) {
    const product = products[index];
    input.value = "";
    asking.abort();
    clearTimeout(timer);
    timer = undefined;
    open(false);
    onPick(product);
  }

  function step(by) {
    if (list.hidden) return search();
    return point((active + by + products.length) % products.length);
  }

  function enter() {
    const waiting = timer !== undefined || list.hidden;
    if (!waiting && active >= 0) pick(active);
    else if (input.value.trim()) pickFirst = waiting;
  }

  input.oninput = () => (input.value.trim() ? search() : open(false));
  input.onblur = () => open(false);
  input.onkeydown = (event) => {
    const action = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: enter, Escape: () => open(false) }[
      event.key
    ];
    if (!action) return;
    event.preventDefault();
    action();
  };
  return { focus: () => input.focus() };
}
