// The lines of an order being written: add, change the quantity, remove, and their total.
import { setting } from "../lib/cognito.js";
import { byId } from "../lib/dom.js";
import { count, money } from "../lib/format.js";
import { amount, lineTotal, newRow, numberRow, showLine } from "./line-row.js";

/**
 * The lines, each as {sku, quantity (as typed), name?, unit?, unitPrice?, currency?}. `onChange` is called after each change,
 * `onDone` when Enter ends a quantity.
 */
export class OrderLines {
  #rows = byId("line-rows");

  constructor({ onChange, onDone }) {
    Object.assign(this, { onChange, onDone });
  }

  items() {
    return [...this.#rows.children].map((row) => row.item);
  }

  /** Replace all lines. */
  fill(items) {
    this.#rows.replaceChildren(...items.map(this.#rowOf));
    this.#changed();
  }

  /** Add a product, and select the quantity of its line, because the person types the quantity next. */
  pick(product) {
    if (!this.#find(product.sku)) this.add([{ product, quantity: 1 }]);
    const quantity = this.#find(product.sku).querySelector("input");
    quantity.focus();
    quantity.select();
  }

  /** Add quantities of products, [{product, quantity}]. A product with a line adds to it, another product gets a line. */
  add(wanted) {
    const known = new Map([...this.#rows.children].map((row) => [row.item.sku, row]));
    for (const { product, quantity } of wanted) raise(known.get(product.sku), quantity);
    const added = wanted.filter(({ product }) => !known.has(product.sku));
    const lines = added.map(({ product, quantity }) => lineOf(product, String(quantity)));
    this.#rows.append(...lines.map(this.#rowOf));
    this.#changed();
  }

  /** Set the present price and name of its product on each line. `products` maps a SKU to its product. */
  reprice(products) {
    for (const item of this.items()) {
      const product = products.get(item.sku);
      if (product?.active) Object.assign(item, lineOf(product, item.quantity));
    }
    this.#changed();
  }

  #find(sku) {
    return [...this.#rows.children].find((row) => row.item.sku === sku);
  }

  #rowOf = (item) =>
    newRow(item, {
      onType: () => showTotal(this.items()),
      onDone: () => this.onDone(),
      onRemove: (row) => this.#remove(row),
    });

  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#changed();
    if (next) next.querySelector("[data-remove]").focus();
    else this.onDone();
  }

  #changed() {
    const rows = [...this.#rows.children];
    rows.forEach(numberRow);
    rows.forEach(showLine);
    showTotal(this.items());
    this.onChange();
  }
}

const lineOf = ({ sku, name, unit, unitPrice, currency }, quantity) => ({
  sku,
  name,
  unit,
  unitPrice,
  currency,
  quantity,
});

/** Add to the quantity of a row's line. Without a row, do nothing. */
function raise(row, quantity) {
  if (!row) return;
  row.item.quantity = String((amount(row.item.quantity) ?? 0) + quantity);
  row.querySelector("input").value = row.item.quantity;
}

function showTotal(items) {
  const total = items.reduce((sum, item) => sum + (lineTotal(item) ?? 0), 0);
  const currency = items.find((item) => item.currency)?.currency ?? setting("currency");
  byId("lines").hidden = items.length === 0;
  byId("lines-empty").hidden = items.length > 0;
  byId("line-count").textContent = count(items.length, "line");
  byId("running-total").textContent = money(total, currency);
}
