// @ts-check
// One press, one order. The order is written into the stored cart before it is sent, on condition of the cart's version, so
// every tab, device and reload sends the same order, which the shop stores once. An order that has waited for an hour, by the
// clock of the shop, is sent only if the customer says so.
import { isLost, isRefusal, untilAnswered } from "./answers.js";
import { hasOrder, put, skusOf, without } from "./stored-cart.js";

const FRESH_MS = 60_000; // after a longer wait, such as the sleep of a laptop, the cart is looked at before the order is sent
const LATE_MS = 3_600_000; // after a longer wait, an order that did not reach the cart is not written into it any more

/** An order that did not reach the cart in time. */
class Waited extends Error {}

/** @typedef {import("./stored-cart.js").Cart} Cart */
/** @typedef {import("./stored-cart.js").Calls} Calls */
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
export const place = async (cart, lines, order, calls) =>
  cart.order ? goOn(cart, calls) : write({ ...cart, lines, order }, calls);

/**
 * Send a late order, because the customer wants it. It is written into the cart again, so that no other page takes it out.
 * @type {(cart: Cart, calls: Calls) => Promise<Outcome>}
 */
export const sendLate = (cart, calls) => write(cart, calls);

/** @type {(cart: Cart, calls: Calls) => Promise<Outcome>} Store a cart with an order, and send what the stored cart has. */
async function write(cart, calls) {
  const { order, isLate } = cart;
  const since = Date.now();
  try {
    const wait = (/** @type {number} */ tries) => calls.wait(tries).then(() => refuseAfter(since));
    const { stored, isOther } = await put(cart, { ...calls, wait });
    if (isOther && isLate && stored.isLate && hasOrder(stored, order)) return write(stored, calls); // other lines
    // After a lost answer, another page or device may have sent the order and taken it out of the cart.
    return stored.order ? goOn(stored, calls, since) : foundOr({ isChanged: true }, order, stored, calls);
  } catch (error) {
    if (!(error instanceof Waited)) throw error;
    const now = await untilAnswered(calls.read, calls.wait);
    return now.order ? goOn(now, calls) : foundOr({ refused: error }, order, now, calls);
  }
}

/** @type {(since: number, ms: number) => boolean} */
const isOlder = (since, ms) => Math.abs(Date.now() - since) >= ms;

/** @type {(since: number) => void} */
function refuseAfter(since) {
  const text =
    "There was no connection for more than an hour, so the order was not sent. Look at it, and order again.";
  if (isOlder(since, LATE_MS)) throw new Waited(text);
}

/**
 * Send the order that a stored cart has, and take its lines out of the cart. A late one is not sent.
 * @type {(cart: Cart, calls: Calls, seenAt?: number) => Promise<Outcome>}
 */
export async function goOn(cart, calls, seenAt = Date.now()) {
  const { order } = cart;
  let now = cart;
  for (let tries = 1; ; tries += 1) {
    if (isOlder(seenAt, FRESH_MS)) [now, seenAt] = [await untilAnswered(calls.read, calls.wait), Date.now()];
    if (!hasOrder(now, order)) return foundOr({ isChanged: true }, order, now, calls);
    if (now.isLate) return foundOr({ isLate: true }, order, now, calls);
    const error = await calls.post(order).then(
      () => null,
      (thrown) => thrown,
    );
    if (!error) return sent(order, now, calls);
    if (isRefusal(error)) return foundOr({ refused: error }, order, now, calls);
    if (!isLost(error)) throw error;
    await calls.wait(tries);
  }
}

/**
 * Take a late order out of the cart, and leave its lines. Another page may be sending the order.
 * @type {(cart: Cart, calls: Calls) => Promise<Outcome>}
 */
export async function takeOut({ version, lines, order }, calls) {
  const { stored, isOther } = await put({ version, lines }, calls);
  if (!isOther) return { cart: stored };
  if (!stored.order) return foundOr({ isChanged: true }, order, stored, calls); // sent, or taken out, by another page
  return hasOrder(stored, order) && stored.isLate ? takeOut(stored, calls) : goOn(stored, calls);
}

/**
 * Return an outcome, unless the shop has the order: the order is then sent.
 * @type {(outcome: {isChanged?: true, isLate?: true, refused?: Error}, order: any, cart: Cart, calls: Calls) => Promise<Outcome>}
 */
async function foundOr(outcome, order, cart, calls) {
  if (await untilAnswered(() => calls.exists(order.orderID), calls.wait)) return sent(order, cart, calls);
  return { ...outcome, cart: outcome.refused && cart.order ? await without(cart, [], calls) : cart };
}

/** @type {(order: any, cart: Cart, calls: Calls) => Promise<Outcome>} */
async function sent(order, cart, calls) {
  const skus = skusOf(order);
  return {
    orderID: order.orderID,
    skus,
    cart: hasOrder(cart, order) ? await without(cart, skus, calls) : cart,
  };
}
