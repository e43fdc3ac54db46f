// @ts-check
// The order that a checkout sends.

/** @type {(texts: Record<string, string | undefined>) => Record<string, string>} */
const given = (texts) =>
  /** @type {Record<string, string>} */ (
    Object.fromEntries(
      Object.entries(texts)
        .map(([name, text = ""]) => [name, text.trim()])
        .filter(([, text]) => text),
    )
  );

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
