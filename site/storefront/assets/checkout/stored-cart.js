// @ts-check
// The stored cart, as a checkout changes it.
import { untilAnswered } from "./answers.js";

/** @typedef {import("../cart/sync.js").Cart} Cart */
/**
 * @typedef {object} Calls
 * @property {(cart: Cart) => Promise<Cart>} put store the cart if it still has this version
 * @property {() => Promise<Cart>} read
 * @property {(order: any) => Promise<unknown>} post
 * @property {(orderID: string) => Promise<boolean>} exists whether the shop has this order
 * @property {(tries: number) => Promise<void>} wait before a call that got no answer is made again
 */

/** @type {(cart: Cart, order: any) => boolean} */
export const hasOrder = (cart, { orderID }) => cart.order?.orderID === orderID;

/** @type {(order: {items: {sku: string}[]}) => string[]} */
export const skusOf = ({ items }) => items.map(({ sku }) => sku);

/** @type {(cart: Cart, skus: string[], calls: Calls) => Promise<Cart>} Take an order and its lines out of the stored cart. */
export async function without(cart, skus, calls) {
  const { order } = cart;
  const lines = cart.lines.filter(({ sku, ticked }) => !ticked || !skus.includes(sku));
  const { stored, isOther } = await put({ version: cart.version, lines }, calls);
  return isOther && hasOrder(stored, order) ? without(stored, skus, calls) : stored;
}

/** @type {(cart: Cart, calls: Calls) => Promise<{stored: Cart, isOther: boolean}>} Store a cart, or return the one that is stored. */
export async function put(cart, calls) {
  try {
    return { stored: await untilAnswered(() => calls.put(cart), calls.wait), isOther: false };
  } catch (error) {
    const { status, current } = /** @type {any} */ (error);
    if (status !== 412) throw error;
    return { stored: current, isOther: true };
  }
}
