// @ts-check
// The order that a checkout sends.
import { normalise } from "../../../assets/lib/text.js";

/** @type {(texts: Record<string, string | undefined>) => Record<string, string>} */
const given = (texts) =>
  normalise(
    /** @type {Record<string, string>} */ (
      Object.fromEntries(Object.entries(texts).filter(([, text]) => text))
    ),
  );

const LABELS = { reference: "Your order number", notes: "Your notes", address: "The address" };
// Half a letter, which UTF-8 has not, and two that the queue refuses. They come with texts that were cut or damaged.
const INVALID = /[\p{Cs}\uFFFE\uFFFF]/u;

/**
 * Return the first text of an order that cannot be sent, or undefined.
 * @type {(order: any) => {name: string, message: string} | undefined}
 */
export function unsendable({ reference, notes, customer = {} }) {
  const texts = { reference, notes, address: Object.values(customer).join("\n") };
  return Object.entries(LABELS)
    .filter(([name]) => INVALID.test(texts[/** @type {keyof typeof LABELS} */ (name)] ?? ""))
    .map(([name, label]) => ({ name, message: `${label}: a character cannot be sent. Type the text anew.` }))
    .at(0);
}

/**
 * Return the order of the ticked lines. Name and e-mail are not in it: the shop takes them from the account.
 * @param {string} orderID
 * @param {{line: import("../cart/lines.js").Line}[]} lines
 * @param {number} agreedTotal the net sum that the customer saw
 * @param {{way: string, reference: string, notes: string}} typed
 * @param {{company?: string, phone?: string, address?: string} | undefined} address to deliver to
 */
export function orderOf(orderID, lines, agreedTotal, { way, reference, notes }, address) {
  const customer = given({ company: address?.company, phone: address?.phone, address: address?.address });
  return {
    orderID,
    items: lines.filter(({ line }) => line.ticked).map(({ line: { sku, quantity } }) => ({ sku, quantity })),
    agreedTotal,
    ...(Object.keys(customer).length ? { customer } : {}),
    ...given({ reference, notes }),
    ...(way === "collection" ? { collection: true } : {}),
  };
}
