// Everybody who got a product, from its orders.

/**
 * Return a row for each customer of orders, the latest first: {customer, orders, quantity, last}. `customer` has the details of
 * the latest order and `last` is that order. Customers are told apart by their e-mail address; an order without one stands alone.
 * Orders whose customer was erased are left out, because nobody can be reached.
 * @param {object[]} orders those of one product, each with its `quantity`, the newest first
 */
export function peopleOf(orders) {
  const people = new Map();
  for (const order of orders.filter(isReachable)) {
    const key = order.customer.email || order.orderID;
    const known = people.get(key) ?? { customer: order.customer, orders: 0, quantity: 0, last: order };
    people.set(key, { ...known, orders: known.orders + 1, quantity: known.quantity + order.quantity });
  }
  return [...people.values()];
}

/** Return the orders whose customer was erased. */
export const erasedOf = (orders) => orders.filter((order) => !isReachable(order));

const isReachable = ({ anonymisedAt }) => !anonymisedAt;

/** Return the date a year before another one. 29 February becomes 1 March. */
export function yearBefore(date) {
  const [year, rest] = [Number(date.slice(0, 4)) - 1, date.slice(4)];
  return rest === "-02-29" ? `${year}-03-01` : `${year}${rest}`;
}
