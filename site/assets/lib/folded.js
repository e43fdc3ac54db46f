// @ts-check
// Long lists of which the first entries are shown, and the others once somebody opens them.
import { whole } from "./format.js";

const SHOWN = 20;

/**
 * Return the values of three slots for a list: `name` has the first entries, `name-more` the words "and 180 more" for the summary
 * of a <details>, and `name-rest` the other entries. Of a short list, the last two are empty.
 * @template T
 * @param {string} name
 * @param {T[]} entries
 * @param {(entry: T) => Node} nodeOf
 */
export function folded(name, entries, nodeOf) {
  const nodes = entries.map(nodeOf);
  const left = nodes.length - SHOWN;
  return {
    [name]: nodes.slice(0, SHOWN),
    [`${name}-more`]: left > 0 ? `and ${whole(left)} more` : "",
    [`${name}-rest`]: nodes.slice(SHOWN),
  };
}
