// @ts-check
// Keeps the cart of this browser and that of the account the same.
import { call } from "../../../assets/lib/api.js";
import { person } from "../../../assets/lib/session.js";
import { keep, readKept } from "./kept.js";
import { isSame, merged, settled } from "./lines.js";
import { fitting, room, withLeft } from "./room.js";

/** @typedef {import("./lines.js").Line} Line */
/** @typedef {{version: number, lines: Line[], order?: any, orderedAt?: string, isLate?: boolean}} Cart the cart of an account, with the order that is being sent */

const TRIES = 6;

/** @type {(cart: Cart) => Promise<Cart>} Store the cart of the account, unless another version than this one is stored. */
export const putCart = ({ version, lines, order }) =>
  call("PUT", "/account/cart", { body: order ? { lines, order } : { lines }, version });

/** @type {Promise<unknown>} */
let running = Promise.resolve();

/**
 * Bring both carts together. Resolve to what the account has.
 * @returns {Promise<{cart: Cart, addresses: any, name: string, email: string}>}
 */
export function sync() {
  const next = running.catch(() => {}).then(syncNow);
  running = next;
  return next;
}

async function syncNow() {
  const account = await call("GET", "/account");
  return { ...account, cart: await bringTogether(account.cart) };
}

/**
 * Write what was changed here into the stored cart, and keep the result.
 * @param {Cart} stored
 * @returns {Promise<Cart>}
 */
export async function bringTogether(stored, tries = TRIES) {
  const sub = person()?.sub ?? "";
  const before = readKept();
  const { lines, left } = fitting(merged(before, sub, stored.lines), before, room().lines);
  let cart = stored;
  if (!isSame(lines, stored.lines)) {
    try {
      cart = await putCart({ ...stored, lines });
    } catch (error) {
      const { status, current } = /** @type {any} */ (error);
      if (status !== 412) keep(withLeft(readKept(), left)); // the cart may be stored, and its next reader finds nothing too much
      if (status !== 412 || tries <= 1) throw error;
      return bringTogether(current, tries - 1);
    }
  }
  keep(withLeft(settled(before, readKept(), sub, cart), left));
  return cart;
}
