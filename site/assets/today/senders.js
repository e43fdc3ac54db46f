// The senders of today's orders: staff, each connected shop, customers of the storefront, and operators in AWS.
import { dayBefore } from "./activity.js";

const CHANNELS = { customer: "Customers", operator: "Operators in AWS" };

/**
 * Return the orders and the revenue of today by their sender, the most orders first: [{name, href, orders, revenue}]. The list
 * is empty where staff took every order. `slots` and `shops` are those of the activity report, `now` is a Date.
 */
export function bySender({ slots, shops }, now) {
  const { from, until } = dayBefore(now);
  const staff = { orders: 0, revenue: 0 };
  const others = new Map();
  for (const { at, orders, revenue, senders = {} } of slots) {
    if (new Date(at) < from || new Date(at) >= until) continue;
    add(staff, { orders, revenue }, 1);
    for (const [sender, part] of Object.entries(senders)) {
      if (!others.has(sender)) others.set(sender, { orders: 0, revenue: 0 });
      add(others.get(sender), part, 1);
      add(staff, part, -1);
    }
  }
  const found = [...others].map(([sender, sums]) => ({ ...described(sender, shops), ...sums }));
  const rows = [{ name: "Staff", href: ordersOf({ channel: "staff" }), ...staff }, ...found];
  return found.length ? rows.toSorted((one, other) => other.orders - one.orders) : [];
}

function add(sums, { orders, revenue }, sign) {
  sums.orders += sign * orders;
  sums.revenue += sign * revenue;
}

function described(sender, shops) {
  const name = Object.hasOwn(CHANNELS, sender) && CHANNELS[sender];
  if (name) return { name, href: ordersOf({ channel: sender }) };
  return { name: shops[sender] ?? "A connected shop", href: ordersOf({ shop: sender }) };
}

const ordersOf = (filter) => `/orders.html?${new URLSearchParams({ ...filter, period: "today" })}`;
