// Sums over what the API says of the orders of connected shops.

/** Return the orders of each sender in an activity report, by its ID. */
export function todayOf({ slots }) {
  const sums = { __proto__: null };
  for (const { senders = {} } of slots)
    for (const [sender, { orders }] of Object.entries(senders)) sums[sender] = (sums[sender] ?? 0) + orders;
  return sums;
}

/**
 * Return what failed last of a shop, the latest first: [{at, order}] of rejected orders and [{at, letter}] of dead letters, at
 * most so many.
 */
export function lastFailures(shop, rejected, letters, most) {
  const found = [
    ...rejected.map((order) => ({ at: order.createdAt, order })),
    ...letters.filter(({ shopID }) => shopID === shop).map((letter) => ({ at: letter.receivedAt, letter })),
  ];
  return found.toSorted((one, other) => (one.at < other.at ? 1 : -1)).slice(0, most);
}
