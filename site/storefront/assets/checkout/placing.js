// @ts-check
// One press, one order. The order is written into the stored cart before it is sent, on condition of the cart's version, so
// every tab, device and reload sends the same order, which the shop stores once. An order that has waited for an hour, by the
// clock of the shop, is sent only if the customer says so.
import { isLost, isRefusal, untilAnswered } from "./answers.js";

const FRESH_MS = 60_000; // after a longer wait, such as the sleep of a laptop, the cart is looked at before the order is sent

/** @typedef {import("../cart/sync.js").Cart} Cart */
/**
 * @typedef {object} Calls
 * @property {(cart: Cart) => Promise<Cart>} put store the cart if it still has this version
 * @property {() => Promise<Cart>} read
 * @property {(order: any) => Promise<unknown>} post
 * @property {(orderID: string) => Promise<boolean>} exists whether the shop has this order
 * @property {(tries: number) => Promise<void>} wait before a call that got no answer is made again
 */
/**
 * An order that was sent has its ID and the products of its lines. With `isLate`, the cart has an order that the customer has
 * to be asked about.
 * @typedef {{orderID?: string, skus?: string[], cart: Cart, isChanged?: boolean, isLate?: boolean, refused?: Error}} Outcome
 */

/**
 * Send an order of these lines, which the customer sees, from the cart. An order that is on its way from this cart is sent
 * instead. If the stored cart is another by now and has none, nothing is sent.
 * @type {(cart: Cart, lines: Cart["lines"], order: any, calls: Calls) => Promise<Outcome>}
 */
export async function place(cart, lines, order, calls) {
  if (cart.order) return goOn(cart, calls);
  const { stored } = await put({ ...cart, lines, order }, calls);
  // After a lost answer, another page or device may have sent the order and taken it out of the cart.
  return stored.order ? goOn(stored, calls) : foundOr({ isChanged: true }, order, stored, calls);
}

/**
 * Send the order that a stored cart has, and take its lines out of the cart. A late one is not sent.
 * @type {(cart: Cart, calls: Calls) => Promise<Outcome>}
 */
export async function goOn(cart, calls) {
  const { order } = cart;
  let [now, seenAt] = [cart, Date.now()];
  for (let tries = 1; !now.isLate; tries += 1) {
    const error = await calls.post(order).then(
      () => null,
      (thrown) => thrown,
    );
    if (!error) return sent(order, now, calls);
    if (isRefusal(error)) return foundOr({ refused: error }, order, now, calls);
    if (!isLost(error)) throw error;
    await calls.wait(tries);
    if (Math.abs(Date.now() - seenAt) < FRESH_MS) continue;
    [now, seenAt] = [await untilAnswered(calls.read, calls.wait), Date.now()];
    if (now.order?.orderID !== order.orderID) return foundOr({ isChanged: true }, order, now, calls);
  }
  return foundOr({ isLate: true }, order, now, calls);
}

/**
 * Send a late order, because the customer wants it. It is written into the cart again, so that no other page takes it out.
 * @type {(cart: Cart, calls: Calls) => Promise<Outcome>}
 */
export const sendLate = ({ order, ...cart }, calls) => place(cart, cart.lines, order, calls);

/**
 * Take a late order out of the cart, and leave its lines. Another page may be sending the order.
 * @type {(cart: Cart, calls: Calls) => Promise<Outcome>}
 */
export async function takeOut({ version, lines, order }, calls) {
  const { stored, isOther } = await put({ version, lines }, calls);
  if (!isOther || !stored.order) return { cart: stored };
  const isSame = stored.order.orderID === order.orderID;
  return isSame && stored.isLate ? takeOut(stored, calls) : goOn(stored, calls);
}

/**
 * Return an outcome, unless the shop has the order: the order is then sent.
 * @type {(outcome: {isChanged?: true, isLate?: true, refused?: Error}, order: any, cart: Cart, calls: Calls) => Promise<Outcome>}
 */
async function foundOr(outcome, order, cart, calls) {
  if (await untilAnswered(() => calls.exists(order.orderID), calls.wait)) return sent(order, cart, calls);
  return { ...outcome, cart: outcome.refused ? await without(cart, [], calls) : cart };
}

/** @type {(order: any, cart: Cart, calls: Calls) => Promise<Outcome>} */
async function sent(order, cart, calls) {
  const skus = skusOf(order);
  const isWaiting = cart.order?.orderID === order.orderID;
  return { orderID: order.orderID, skus, cart: isWaiting ? await without(cart, skus, calls) : cart };
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
    return { stored: await untilAnswered(() => calls.put(cart), calls.wait), isOther: false };
  } catch (error) {
    const { status, current } = /** @type {any} */ (error);
    if (status !== 412) throw error;
    return { stored: current, isOther: true };
  }
}
