// @ts-check
// One press, one order. The order is written into the stored cart before it is sent, on condition of the cart's version, so
// every tab, device and reload sends the same order, which the shop stores once.
import { Unreachable } from "../../../assets/lib/api.js";

const [TOO_MANY, SERVER_ERROR] = [429, 500];

/** @typedef {import("../cart/sync.js").Cart} Cart */
/**
 * @typedef {object} Calls
 * @property {(cart: Cart) => Promise<Cart>} put store the cart if it still has this version
 * @property {(order: any) => Promise<unknown>} post
 * @property {(orderID: string) => Promise<boolean>} exists whether the shop has this order
 * @property {(tries: number) => Promise<void>} wait before a call that got no answer is made again
 */
/**
 * An order that was sent has its ID and the products of its lines.
 * @typedef {{orderID?: string, skus?: string[], cart: Cart, isChanged?: boolean, refused?: Error}} Outcome
 */

/**
 * Send an order of these lines, which the customer sees, from the cart. An order that is on its way from this cart is sent
 * instead. If the stored cart is another by now and has none, nothing is sent.
 * @type {(cart: Cart, lines: Cart["lines"], order: any, calls: Calls) => Promise<Outcome>}
 */
export async function place(cart, lines, order, calls) {
  if (cart.order) return goOn(cart, calls);
  const { stored } = await put({ ...cart, lines, order }, calls);
  if (stored.order) return goOn(stored, calls);
  // After a lost answer, another page or device may have sent the order and taken it out of the cart.
  const isSent = await untilAnswered(() => calls.exists(order.orderID), calls);
  return isSent
    ? { orderID: order.orderID, skus: skusOf(order), cart: stored }
    : { cart: stored, isChanged: true };
}

/**
 * Send the order that a stored cart has, and take its lines out of the cart.
 * @type {(cart: Cart, calls: Calls) => Promise<Outcome>}
 */
export async function goOn(cart, calls) {
  const { orderID } = cart.order;
  try {
    await untilAnswered(() => calls.post(cart.order), calls);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const refused = /** @type {Error} */ (error);
    if (!(await untilAnswered(() => calls.exists(orderID), calls)))
      return { refused, cart: await without(cart, [], calls) };
  }
  const skus = skusOf(cart.order);
  return { orderID, skus, cart: await without(cart, skus, calls) };
}

/** @type {(order: {items: {sku: string}[]}) => string[]} */
const skusOf = ({ items }) => items.map(({ sku }) => sku);

/** @type {(cart: Cart, skus: string[], calls: Calls) => Promise<Cart>} Take an order and its lines out of the stored cart. */
async function without(cart, skus, calls) {
  const { orderID } = cart.order;
  const lines = cart.lines.filter(({ sku, ticked }) => !ticked || !skus.includes(sku));
  const { stored, isOther } = await put({ version: cart.version, lines }, calls);
  return isOther && stored.order?.orderID === orderID ? without(stored, skus, calls) : stored;
}

/** @type {(cart: Cart, calls: Calls) => Promise<{stored: Cart, isOther: boolean}>} Store a cart, or return the one that is stored. */
async function put(cart, calls) {
  try {
    return { stored: await untilAnswered(() => calls.put(cart), calls), isOther: false };
  } catch (error) {
    const { status, current } = /** @type {any} */ (error);
    if (status !== 412) throw error;
    return { stored: current, isOther: true };
  }
}

/**
 * Call until there is an answer. Every call here may be made twice.
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {Calls} calls
 * @returns {Promise<T>}
 */
async function untilAnswered(attempt, calls) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLost(error)) throw error;
      await calls.wait(tries);
    }
  }
}

/** @type {(error: any) => boolean} */
const isLost = (error) =>
  error instanceof Unreachable || error.status >= SERVER_ERROR || error.status === TOO_MANY;

/** @type {(error: any) => boolean} */
const isRefusal = ({ status }) => status >= 400 && status < SERVER_ERROR;
