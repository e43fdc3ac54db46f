// The lines of one order on its page, its charges below them, and its total.
import { chargeRows } from "../lib/charges.js";
import { stamp } from "../lib/dom.js";
import { count, money, orderTotal, whole } from "../lib/format.js";
import { inAll, unitOf } from "../lib/units.js";

/** Return the slots of an order's page that show its lines, charges and total. */
export const lineSlots = (order) => ({
  lines: order.items.map((item) => line(item, order.currency)),
  charges: chargeRows(order).map((row) => stamp("order-charge", row)),
  "order-total": orderTotal(order),
  "brief-total": orderTotal(order),
  "brief-lines": `${count(order.items.length, "line")}, ${inAll(order.items)}`,
});

function line(item, currency) {
  const price = (amount) => (amount === undefined ? "–" : money(amount, currency));
  return stamp("order-line", {
    name: item.name ?? "Unknown product",
    sku: item.sku,
    price: price(item.unitPrice),
    quantity: whole(item.quantity),
    unit: unitOf(item),
    total: price(item.lineTotal),
  });
}
