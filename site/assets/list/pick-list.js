// The pick list of many orders: what to take from the shelves, summed by SKU, and goods without a SKU.
import { goodsWithoutSku } from "../lib/charges.js";
import { orderNumber, whole } from "../lib/format.js";
import { unitOf } from "../lib/units.js";

/**
 * Return the lines of all orders summed by SKU and unit, sorted by SKU. `orders` names the orders of a line, with their
 * quantities. A product that was renamed has the name of its latest order.
 */
export function pickLines(orders) {
  const lines = new Map();
  const oldestFirst = orders.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  for (const order of oldestFirst)
    for (const [key, { sku, name, quantity, unit }] of order.items.map(keyed)) {
      const line = lines.get(key) ?? { sku, unit, quantity: 0, quantities: new Map() };
      line.name = name ?? line.name;
      line.quantity += quantity;
      const number = orderNumber(order);
      line.quantities.set(number, (line.quantities.get(number) ?? 0) + quantity);
      lines.set(key, line);
    }
  return [...lines.values()].map(named).toSorted((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** Return the goods without a SKU of all orders, each with the number of its order. */
export const pickGoods = (orders) =>
  orders.flatMap((order) =>
    goodsWithoutSku(order).map(({ text }) => ({ name: text, orders: orderNumber(order) })),
  );

const keyed = (item) => [JSON.stringify([item.sku, unitOf(item)]), { ...item, unit: unitOf(item) }];

const named = ({ quantities, ...line }) => ({
  ...line,
  orders: [...quantities].map(([number, quantity]) => `${number}:\u00a0${whole(quantity)}`).join(", "),
});
