// The months of the best sellers, which are those of UTC, and the places that products rose or fell.

/** Return the month of a moment, such as "2026-11". */
export const monthOf = (moment) => moment.toISOString().slice(0, 7);

/** Return the month a number of months after another one, or before it if the number is negative. */
export function addMonths(month, months) {
  const [year, number] = month.split("-").map(Number);
  return monthOf(new Date(Date.UTC(year, number - 1 + months)));
}

/** Return the period that the query of an address names: "all", or a month up to the present one, which is the default. */
export function periodOf(search, present) {
  const named = new URLSearchParams(search).get("period") ?? "";
  return named === "all" || (/^20\d\d-(0[1-9]|1[0-2])$/.test(named) && named <= present) ? named : present;
}

/**
 * Return a row for each item: {item, place, share, move}. `share` is the part of the best one's figure, up to 1. `move` is the
 * number of places up since the month before, below 0 for places down, or undefined for an item that was not among those before.
 */
export function ranked(items, before, by) {
  const places = new Map(before.map(({ sku }, index) => [sku, index + 1]));
  const most = items[0]?.[by] || 1;
  return items.map((item, index) => {
    const [place, was] = [index + 1, places.get(item.sku)];
    return { item, place, share: item[by] / most, move: was === undefined ? undefined : was - place };
  });
}

/** Return a move in words: {sign, text}. */
export function moveInWords(move) {
  if (move === undefined) return { sign: "new", text: "not among the best the month before" };
  if (move === 0) return { sign: "–", text: "same place as the month before" };
  const places = `${Math.abs(move)} ${Math.abs(move) === 1 ? "place" : "places"}`;
  return move > 0
    ? { sign: `▲ ${move}`, text: `up ${places} since the month before` }
    : { sign: `▼ ${-move}`, text: `down ${places} since the month before` };
}
