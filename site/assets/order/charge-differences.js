// The differences between the charges of versions of an order.
import { chargeLabel } from "../lib/charges.js";
import { isolated, money } from "../lib/format.js";
import { amountOf, linesTotal } from "./amounts.js";

/** Return a field for each charge of these orders. The same text twice makes two fields. */
export function chargeFields(orders, currency) {
  const charges = new Map(orders.flatMap((order) => [...keyedCharges(order)]));
  return [...charges].map(([key, charge]) => ({
    name: `charge-${key}`,
    label: isolated(chargeLabel(charge)),
    isEntry: true,
    get: (order) => shownAmount(keyedCharges(order).get(key), order, currency),
    set: (order, _amount, from) => (order.charges = withCharge(order, key, keyedCharges(from).get(key))),
  }));
}

/** Return an order's charges by key, with texts without blanks around them. */
function keyedCharges({ charges = [] }) {
  const seen = {};
  const named = charges.map((charge) => ({ ...charge, text: (charge.text ?? "").trim() }));
  return new Map(
    named.map((charge) => {
      const key = `${charge.kind} ${charge.text}`;
      seen[key] = (seen[key] ?? 0) + 1;
      return [`${key} ${seen[key]}`, charge];
    }),
  );
}

/** Return a stored or typed amount as text, or an empty text without a charge. */
function shownAmount(charge, { items }, currency) {
  if (!charge) return "";
  const isTyped = typeof charge.amount === "string";
  const amount = isTyped ? amountOf(charge, linesTotal(items), currency) : charge.amount;
  return amount === undefined ? charge.amount || "?" : money(amount, currency);
}

function withCharge(order, key, charge) {
  const charges = keyedCharges(order);
  if (charge) charges.set(key, charge);
  else charges.delete(key);
  return [...charges.values()];
}
