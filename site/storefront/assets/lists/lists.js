// @ts-check
// The saved lists of an account, as changes make them.

/** @typedef {{sku: string, quantity: number, name: string}} ListLine */
/** @typedef {{name: string, lines: ListLine[]}} List */

/** @type {(name: string) => string} */
const folded = (name) => name.trim().toLowerCase();

/**
 * Return why a list cannot have a name, or an empty text. `at` is the list's own place.
 * @type {(lists: List[], name: string, at?: number) => string}
 */
export function faultOfName(lists, name, at = -1) {
  if (!name.trim()) return "is missing.";
  const isTaken = lists.some((one, place) => place !== at && folded(one.name) === folded(name));
  return isTaken ? "must be another one: you have a list of this name." : "";
}

/**
 * Return why a cart with so many products cannot be one more list, or an empty text.
 * @type {(lists: number, products: number, most: {lists: number, lines: number}) => string}
 */
export function whyNotSaved(lists, products, most) {
  if (lists >= most.lists) return `At most ${most.lists} lists.`;
  if (!products) return "Your cart is empty. What is in it can be saved here.";
  return products > most.lines
    ? `A list has at most ${most.lines} products, and your cart has ${products}.`
    : "";
}

/**
 * Return the lists with one more in front, which has the lines of a cart, ticked or not.
 * @type {(lists: List[], name: string, cart: {sku: string, quantity: number, name: string}[]) => List[]}
 */
export const withList = (lists, name, cart) => [
  {
    name: name.trim(),
    lines: cart.map(({ sku, quantity, name: product }) => ({ sku, quantity, name: product })),
  },
  ...lists,
];

/** @type {(lists: List[], at: number, name: string) => List[]} */
export const renamed = (lists, at, name) => lists.with(at, { ...lists[at], name: name.trim() });

/**
 * Return the lines of a list for the cart, with the names and prices of now. A product that is no longer sold keeps its name.
 * @param {List} list
 * @param {Map<string, import("../cart/facts.js").Facts | null>} facts
 */
export const forCart = ({ lines }, facts) =>
  lines.map(({ sku, quantity, name }) => {
    const now = facts.get(sku);
    return { sku, quantity, name: now?.name ?? name, unitPrice: now?.unitPrice ?? 0 };
  });
