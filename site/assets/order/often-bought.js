// Products that are often bought with the newest line of the order, offered below the lines.
import { call } from "../lib/api.js";
import { announce, byId, fill, stamp } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";

const area = byId("often-bought");
const list = byId("often-bought-products");
const PAUSE_MS = 400; // a line that is typed over within this time is not asked about
const TITLE = "Often bought with it";
const MIN_ORDERS = 2; // one order with both products is a chance
const MAX_OFFERED = 3;
const ASKED = 20; // more than are offered, because the order may have some already

const pathOf = (sku) => `/products/${encodeURIComponent(sku)}`;

export class OftenBought {
  #of = ""; // the SKU of the newest line
  #found = [];
  #asking;

  /** `onPick(product)` is called with a chosen product. */
  constructor(onPick) {
    this.onPick = onPick;
  }

  /** Follow the lines of the order. An offer is a help only: where it cannot be had, nothing is said. */
  follow(items) {
    this.skus = new Set(items.map(({ sku }) => sku));
    const newest = items.at(-1);
    area.hidden = !newest;
    if (newest?.sku === this.#of) return this.#show();
    this.#of = newest?.sku ?? "";
    this.#found = [];
    this.#show();
    clearTimeout(this.#asking);
    if (newest) this.#asking = setTimeout(() => this.#ask(newest.sku), PAUSE_MS);
  }

  async #ask(sku) {
    const answer = await call("GET", `${pathOf(sku)}/also-bought?limit=${ASKED}`).catch(() => null);
    if (!answer || sku !== this.#of) return;
    this.#found = answer.items.filter(({ orders }) => orders >= MIN_ORDERS);
    this.#show();
  }

  #show() {
    const offered = this.#found.filter(({ sku }) => !this.skus.has(sku)).slice(0, MAX_OFFERED);
    const shown = [...list.children].map((row) => row.dataset.sku);
    fill(area, { title: offered.length ? TITLE : "" });
    if (shown.join() === offered.map(({ sku }) => sku).join()) return; // a button that has the focus stays
    list.replaceChildren(...offered.map((product) => this.#row(product)));
  }

  #row({ sku, name }) {
    const row = stamp("often-bought-product", { name });
    row.dataset.sku = sku;
    row.querySelector("button").onclick = () => this.#pick(sku, name);
    return row;
  }

  /** Add the product as it is sold now. */
  async #pick(sku, name) {
    try {
      const product = await call("GET", pathOf(sku));
      if (product.active) return this.onPick(product);
      this.#say(`${isolated(name)} is no longer sold.`);
    } catch (error) {
      if (!sessionEnded(error)) this.#say(`${isolated(name)} was not added: ${error.message}`);
    }
  }

  #say(text) {
    fill(area, { title: text });
    announce(text);
  }
}
