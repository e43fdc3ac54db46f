// The lines of an order being written: add, change the quantity, remove.
import { byId } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { newRow, numberRow, showLine } from "./line-row.js";
import { wholeNumber } from "../lib/quantity.js";
import { offerUndo } from "./undo.js";

/**
 * The lines, each as {sku, quantity (as typed), name?, unit?, unitPrice?, currency?, minQuantity?, fault?}. `onChange` is called
 * after each change, `onType` while a quantity is typed, `onDone` when Enter ends it, and `onCode` with a code that was typed in
 * its place (line-quantity.js).
 */
export class OrderLines {
  #rows = byId("line-rows");

  constructor({ onChange, onType, onDone, onCode }) {
    Object.assign(this, { onChange, onType, onDone, onCode });
  }

  items() {
    return [...this.#rows.children].map((row) => row.item);
  }

  /** Replace all lines. */
  fill(items) {
    this.#rows.replaceChildren(...items.map(this.#rowOf));
    this.#changed();
  }

  /** Add a product, and select its quantity, because the person types it next: how many, or how many more. */
  pick(product) {
    const known = this.#find(product.sku);
    if (known) return known.quantity.addMore();
    this.add([{ product, quantity: product.minQuantity ?? 1 }]);
    const quantity = this.#find(product.sku).querySelector("input");
    quantity.focus();
    return quantity.select();
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

  /**
   * Set on each line the present price and name of its product, or the fault for which it cannot be ordered. `found(sku)` is
   * {product?, fault?}, or false for a line that stays as it is.
   */
  update(found) {
    for (const item of this.items()) {
      const { product, fault } = found(item.sku) || item;
      if (product && !fault) Object.assign(item, lineOf(product, item.quantity));
      item.fault = fault;
    }
    this.#changed();
  }

  #find(sku) {
    return [...this.#rows.children].find((row) => row.item.sku === sku);
  }

  #rowOf = (item) =>
    newRow(item, {
      onType: this.onType,
      onEnd: () => this.onDone(),
      onCode: this.onCode,
      onRemove: (row) => this.#remove(row),
    });

  #remove(row) {
    const [place, next] = [row.nextElementSibling, row.nextElementSibling ?? row.previousElementSibling];
    row.remove();
    this.#changed();
    offerUndo(`${isolated(row.item.name ?? row.item.sku)} was removed.`, () => this.#bringBack(row, place));
    if (next) next.querySelector("[data-remove]").focus();
    else this.onDone();
  }

  /** Put a removed row back in front of the row that followed it, or at the end. */
  #bringBack(row, place) {
    this.#rows.insertBefore(row, place?.isConnected ? place : null);
    this.#changed();
    row.querySelector("input").focus();
  }

  #changed() {
    const rows = [...this.#rows.children];
    rows.forEach(numberRow);
    rows.forEach(showLine);
    byId("lines").hidden = rows.length === 0;
    byId("lines-empty").hidden = rows.length > 0;
    this.onChange();
  }
}

const lineOf = (product, quantity) => {
  const { sku, name, unit, unitPrice, currency, minQuantity } = product;
  return { sku, name, unit, unitPrice, currency, minQuantity, quantity };
};

/** Add to the quantity of a row's line. Without a row, do nothing. */
function raise(row, quantity) {
  if (!row) return;
  row.item.quantity = String((wholeNumber(row.item.quantity) ?? 0) + quantity);
  row.querySelector("input").value = row.item.quantity;
}
