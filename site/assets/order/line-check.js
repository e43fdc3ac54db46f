// The check of an order's lines against the catalog as it is now: prices, names, and lines that cannot be ordered.
import { setting } from "../lib/cognito.js";
import { loadModule } from "../shell/connection.js";

/** `lines` are those of the form. A line that cannot be ordered has the reason as `fault`. */
export class LineCheck {
  #underWay = Promise.resolve();

  constructor(lines) {
    this.lines = lines;
  }

  /** Look up all products of the lines. Resolve to the faults of lines that cannot be ordered: [{path, message}]. */
  all() {
    return this.#run(this.lines.items());
  }

  /**
   * Resolve to the faults of lines when the order is sent. Lines with a fault are looked up again, because the catalog may have
   * changed, and those without a price, because their lookup failed or a reload interrupted it. Where that fails, the API decides.
   */
  async faults() {
    await this.#underWay.catch(() => {});
    const open = this.lines.items().filter(({ fault, unitPrice }) => fault || unitPrice === undefined);
    return open.length ? this.#run(open).catch(() => []) : [];
  }

  /** Note on the lines why the API rejected them. `reasons` are those of the rejected order: [{path, message}]. */
  note(reasons) {
    for (const [index, item] of this.lines.items().entries())
      item.fault = reasons.find(({ path }) => path === `items[${index}].sku`)?.message;
  }

  /** Set on the lines the prices with which the API stored a rejected order. A line that it could not price stays as it is. */
  takePrices({ items, currency }) {
    const priced = items.filter(({ unitPrice }) => unitPrice !== undefined);
    const found = new Map(priced.map((item) => [item.sku, { product: { ...item, currency } }]));
    this.lines.update((sku) => found.get(sku));
  }

  async #run(items) {
    this.#underWay = this.#lookUp(new Set(items.map(({ sku }) => sku)));
    await this.#underWay;
    return this.lines
      .items()
      .flatMap(({ fault }, index) => (fault ? [{ path: `items[${index}].sku`, message: fault }] : []));
  }

  async #lookUp(skus) {
    const { lookUp } = await loadModule(() => import("./product-lookup.js"));
    const found = new Map();
    await lookUp(skus, (sku, outcome) => found.set(sku, outcome));
    this.lines.update((sku) => found.has(sku) && { ...found.get(sku), fault: whyNot(sku, found.get(sku)) });
  }
}

/** Return why a product cannot be ordered, in the words of the API (lambdas/shop/pricing.py), or undefined. */
function whyNot(sku, { unknown, product }) {
  if (unknown) return `${sku} is not in the catalog`;
  if (!product) return undefined; // the lookup failed
  if (!product.active) return `${sku} is no longer sold`;
  const currency = setting("currency");
  return product.currency === currency
    ? undefined
    : `${sku} is priced in ${product.currency}, not in ${currency}`;
}
