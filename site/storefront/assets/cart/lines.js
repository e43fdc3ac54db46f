// @ts-check
// The lines of a cart, and how the cart of this browser and that of an account become one.

/**
 * A line. Name and price are those that the customer saw last.
 * @typedef {{sku: string, quantity: number, ticked: boolean, name: string, unitPrice: number}} Line
 */
/**
 * The cart of this browser. `base` is the account whose stored cart had the same lines last, with its version. A guest has none.
 * `changed` has the products whose lines were changed here since, and `left` the names of those that did not fit, until they
 * were read.
 * @typedef {{base: {sub: string, version: number} | null, changed: string[], lines: Line[], left?: string[]}} Kept
 */

/** @returns {Kept} */
export const emptyCart = () => ({ base: null, changed: [], lines: [] });

/** @type {(lines: Line[], sku: string) => Line | undefined} */
export const lineOf = (lines, sku) => lines.find((line) => line.sku === sku);

/**
 * Return the cart with a line in place of that of the same product, or at its end.
 * @type {(kept: Kept, line: Line) => Kept}
 */
export function withLine(kept, line) {
  const lines = lineOf(kept.lines, line.sku)
    ? kept.lines.map((one) => (one.sku === line.sku ? line : one))
    : [...kept.lines, line];
  return { ...kept, lines, changed: changedWith(kept, line.sku) };
}

/** @type {(kept: Kept) => Kept} */
export const allTicked = (kept) =>
  kept.lines.reduce(
    (found, line) => (line.ticked ? found : withLine(found, { ...line, ticked: true })),
    kept,
  );

/** @type {(kept: Kept, sku: string) => Kept} */
export const withoutLine = (kept, sku) => ({
  ...kept,
  lines: kept.lines.filter((line) => line.sku !== sku),
  changed: changedWith(kept, sku),
});

/** @type {(kept: Kept, sku: string) => string[]} Everything of a guest's cart is new to the account, so nothing is noted. */
const changedWith = ({ base, changed }, sku) => (base ? [...new Set([...changed, sku])] : []);

/**
 * Return the lines of both carts. Of the same account, lines that were changed here win, and the others are those of the
 * account. A guest's lines win, and the account's others stand behind them, not ticked. Those of another account are dropped.
 * @type {(kept: Kept, sub: string, stored: Line[]) => Line[]}
 */
export function merged(kept, sub, stored) {
  if (!kept.base) return beside(kept.lines, stored);
  if (kept.base.sub !== sub) return stored;
  const changed = new Set(kept.changed);
  const lines = stored.flatMap((line) =>
    changed.has(line.sku) ? (lineOf(kept.lines, line.sku) ?? []) : [line],
  );
  return [...lines, ...kept.lines.filter(({ sku }) => changed.has(sku) && !lineOf(stored, sku))];
}

/** @type {(inHand: Line[], older: Line[]) => Line[]} */
function beside(inHand, older) {
  if (!inHand.length) return older;
  const others = older.filter(({ sku }) => !lineOf(inHand, sku));
  return [...inHand, ...others.map((line) => ({ ...line, ticked: false }))];
}

/** @type {(one: Line | undefined, other: Line | undefined) => boolean} */
const isSameLine = (one, other) =>
  one?.quantity === other?.quantity &&
  one?.ticked === other?.ticked &&
  one?.name === other?.name &&
  one?.unitPrice === other?.unitPrice;

/** @type {(one: Line[], other: Line[]) => boolean} Whether both have the same lines in the same sequence. */
export const isSame = (one, other) =>
  one.length === other.length &&
  one.every((line, at) => line.sku === other[at].sku && isSameLine(line, other[at]));

/**
 * Return what to keep once the account has a merged cart. Changes that were made here after the merge began stay noted.
 * @type {(before: Kept, now: Kept, sub: string, stored: {version: number, lines: Line[]}) => Kept}
 */
export function settled(before, now, sub, stored) {
  const skus = [...before.lines, ...now.lines].map((line) => line.sku);
  const changed = [...new Set(skus)].filter(
    (sku) => !isSameLine(lineOf(before.lines, sku), lineOf(now.lines, sku)),
  );
  const kept = { ...now, base: { sub, version: stored.version }, changed };
  return { ...kept, lines: merged(kept, sub, stored.lines) };
}

/**
 * Return what to keep once an order was sent, or was not. The account does not have the changes of a tab without a session
 * yet, so they stay noted, except those of lines that were ordered.
 * @type {(before: Kept, now: Kept, sub: string, outcome: {cart: {version: number, lines: Line[]}, skus?: string[]}) => Kept}
 */
export function afterSending(before, now, sub, { cart, skus = [] }) {
  const noted = before.base ? before.changed : before.lines.map(({ sku }) => sku);
  const isMine = !before.base || before.base.sub === sub;
  const waiting = isMine ? noted.filter((sku) => !skus.includes(sku)) : [];
  const kept = settled(before, now, sub, cart);
  const changed = [...new Set([...waiting, ...kept.changed])];
  return { ...kept, changed, lines: merged({ ...kept, changed, lines: now.lines }, sub, cart.lines) };
}
