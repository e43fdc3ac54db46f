// What a change of many products does to each of them, before anything is written.
import { isolated, money } from "../lib/format.js";
import { contentOf } from "./products.js";
import { newPrice } from "./new-price.js";

const STATE = { true: "sold", false: "not sold" };

/**
 * Return a job for each product: {product, change, outcome} with `body`, its new content, if it changes. `outcome` is "planned",
 * "same" or "impossible". `change` says what becomes of it. `made` is {kind: "price", price}, {kind: "category", category} or
 * {kind: "active", active}. `maxPrice` is in minor units.
 */
export const planOf = (products, made, maxPrice) =>
  products.map((product) => ({ product, ...judged(product, made, maxPrice) }));

function judged(product, made, maxPrice) {
  const { field, value, show } = CHANGES[made.kind](product, made);
  const change = `${isolated(show(product[field]))} → ${isolated(show(value))}`;
  if (value === product[field])
    return { outcome: "same", change: `Stays ${isolated(show(value))}`, text: "" };
  if (field === "unitPrice" && (value < 0 || value > maxPrice))
    return { outcome: "impossible", change, text: `Not possible: ${outside(value, maxPrice, show)}` };
  return { outcome: "planned", change, text: "", body: { ...contentOf(product), [field]: value } };
}

const outside = (value, maxPrice, show) =>
  value < 0 ? "a price cannot be below zero" : `a price is at most ${show(maxPrice)}`;

const CHANGES = {
  price: (product, { price }) => ({
    field: "unitPrice",
    value: newPrice(product.unitPrice, price),
    show: (amount) => money(amount, product.currency),
  }),
  category: (_, { category }) => ({ field: "category", value: category, show: (text) => text }),
  active: (_, { active }) => ({ field: "active", value: active, show: (is) => STATE[is] }),
};
