// @ts-check
// The products that an account has bought, and the safety data sheets that the shop has for them now.

/** @typedef {{sku: string, name: string, at: string}} Bought a product, with the instant of the last order that has it */
/** @typedef {Bought & {sheet?: {path: string, version: string, date: string}}} Shelved */

const NOTHING_BOUGHT = ["rejected", "cancelled"];

/** @type {(order: {status: string}) => boolean} */
export const isBought = ({ status }) => !NOTHING_BOUGHT.includes(status);

/**
 * Return what was bought with one order more, by SKU. Orders come in any sequence, and a product has the name of the last one.
 * @param {Map<string, Bought>} bought
 * @param {{createdAt: string, items: {sku: string, name?: string}[]}} order
 */
export function withOrder(bought, { createdAt: at, items }) {
  const all = new Map(bought);
  for (const { sku, name = sku } of items) if ((all.get(sku)?.at ?? "") < at) all.set(sku, { sku, name, at });
  return all;
}

/**
 * Return each product once, by name: those with a sheet, those without, and those that are no longer sold.
 * @param {Map<string, Bought>} bought
 * @param {Map<string, import("../cart/facts.js").Facts | null>} facts
 */
export function shelved(bought, facts) {
  /** @type {{sheets: Shelved[], without: Shelved[], gone: Shelved[]}} */
  const found = { sheets: [], without: [], gone: [] };
  for (const one of bought.values()) {
    const now = facts.get(one.sku);
    if (!now) found.gone.push(one);
    else (now.sheet ? found.sheets : found.without).push({ ...one, name: now.name, sheet: now.sheet });
  }
  for (const list of Object.values(found)) list.sort((one, other) => one.name.localeCompare(other.name));
  return found;
}

/**
 * Return how far back the orders were read. `day` is that of the oldest order.
 * @type {(orders: number, day: string, hasMore: boolean) => string}
 */
export function readSoFar(orders, day, hasMore) {
  const number = orders.toLocaleString("en-GB");
  if (hasMore) return `These are from your last ${number} orders, back to ${day}.`;
  return orders === 1
    ? `This is from your one order, of ${day}.`
    : `These are from all of your ${number} orders, back to ${day}.`;
}
