// The agreed total of an order: the total that its sender saw. The API rejects an order that comes to more, with a reason of
// its own (lambdas/shop/pricing.py).
import { sumOfCharges } from "../lib/charges.js";
import { money } from "../lib/format.js";

const isAboutTotal = ({ path }) => path === "agreedTotal";

/** Return the reasons for a rejection that the form cannot put right by showing the present prices. */
export const toPutRight = (reasons) => reasons.filter((reason) => !isAboutTotal(reason));

/** Return an order that was rejected because it became dearer, with its sums at the present prices. Of any other order, undefined. */
export function dearer(order) {
  const { rejectionReasons = [], agreedTotal, items, charges } = order;
  if (agreedTotal === undefined || !rejectionReasons.some(isAboutTotal)) return undefined;
  const chargeTotal = sumOfCharges(charges);
  const total = items.reduce((sum, { lineTotal }) => sum + lineTotal, chargeTotal);
  return { ...order, chargeTotal, total };
}

/** Return what happened to the prices of such an order, in a sentence. */
export const riseOf = ({ agreedTotal, total, currency }) =>
  `Prices rose since you saw them: you saw ${money(agreedTotal, currency)}, now it is ${money(total, currency)}.`;

/**
 * Return the agreed total of a document that mends a dead letter, or undefined. Lines and charges that are as the sender wrote them
 * keep the total that the sender agreed to. Other content has the total that the mender saw, which is `shown`.
 */
export function agreedFor({ content }, document, shown) {
  const { agreedTotal } = content;
  if (!isSame(content.items, document.items) || !isSame(content.charges, document.charges)) return shown;
  if (agreedTotal === undefined) return undefined;
  return Number.isInteger(agreedTotal) && agreedTotal >= 0 ? agreedTotal : shown;
}

/** Whether two lists of lines or of charges say the same. No list is an empty one. */
const isSame = (one = [], other = []) =>
  Array.isArray(one) && JSON.stringify(one.map(partsOf)) === JSON.stringify(other.map(partsOf));
const partsOf = (entry) => Object.entries(entry ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
