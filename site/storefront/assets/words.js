// @ts-check
// The words of products and of queries, as lambdas/shop/search.py makes them. A test compares both.

const SHORT = 3; // letters of a word that people also write together with the next one, such as `O Brien`
const MAX_JOINED = 4; // words
// Chinese and Japanese have no blanks between words, so their characters are found anywhere in a word.
const UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}";
const UNSPACED_FIRST = new RegExp(`^[${UNSPACED}]`, "u");
const PART = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{N}])+`, "gu");
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const HYPHENS = /[^\p{L}\p{N}_']+/u;
const PLAIN_WORD = /^[a-z0-9]+$/;
const ASCII = /^[\0-\x7f]*$/;
const NOT_PLAIN = /[łøđðþæœıħŧəŋɓɗƙɛɔ’ʹʺʻʼʽʾʿˀˁˈꞌ\u0640]/g;
// Letters that Unicode does not split into a plain letter and an accent. Apostrophes have one form, and the Arabic letter that
// only makes a word longer has none.
/** @type {Record<string, string>} */
const PLAIN = Object.fromEntries(
  "łl øo đd ðd þth æae œoe ıi ħh ŧt əe ŋn ɓb ɗd ƙk ɛe ɔo \u0640"
    .split(" ")
    .map((pair) => [pair[0], pair.slice(1)]),
);

/**
 * Return a text in lower case and without accents, as searches compare it.
 * @param {string} text
 */
export function fold(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  const parts = caseless(caseless(text).normalize("NFKD"));
  return parts.replace(/\p{Mn}/gu, "").replace(NOT_PLAIN, (letter) => PLAIN[letter] ?? "'");
}

/** Return a text without the difference of capitals. By way of capitals, ß is ss and ς is σ. */
const caseless = (/** @type {string} */ text) => text.toUpperCase().toLowerCase().replaceAll("ς", "σ");

/** @type {(text: string) => string[]} Return the words of a folded text, without signs at their ends. */
const tokens = (text) =>
  text
    .split(/\s+/)
    .map((word) => (PLAIN_WORD.test(word) ? word : word.replace(EDGES, "")))
    .filter(Boolean);

/** @type {(word: string) => boolean} */
export const isUnspaced = (word) => UNSPACED_FIRST.test(word);

/** @type {(text: string) => string[]} Return the letters and digits of a text without what is between them. */
const partsOf = (text) => text.match(PART) ?? [];

/** @type {(text: string) => string} */
const together = (text) => (PLAIN_WORD.test(text) ? text : partsOf(text).join(""));

/** @type {(words: string[]) => string[]} */
const distinct = (words) => [...new Set(words.filter(Boolean))];

/** @type {(text: string) => string[]} Return the words of a text and the parts of `smith-jones` and `o'neill`. */
const wordsIn = (text) =>
  tokens(text).flatMap((word) =>
    PLAIN_WORD.test(word) ? [word] : [word, ...partsOf(word), ...word.split(HYPHENS).map(together)],
  );

/**
 * Return words as they are written without blanks and signs: `oneill`, also for the words `o neill`.
 * @param {string} text
 */
function joinedWords(text) {
  const words = tokens(text).map(together);
  return words.map((word, at) => {
    if (isLong(word)) return word;
    const next = words.slice(at + 1, at + MAX_JOINED);
    const last = next.findIndex(isLong);
    return word + next.slice(0, last < 0 ? next.length : last + 1).join("");
  });
}

/** @type {(word: string) => boolean} */
const isLong = (word) => word.length > SHORT && (word.length > 2 * SHORT || [...word].length > SHORT);

/**
 * Return the words by which a product is found: its SKU and the words of its name.
 * @param {string} sku
 * @param {string} name
 */
export function productWords(sku, name) {
  const [code, title] = [fold(sku), fold(name)];
  return [code, ...wordsIn(title), ...wordsIn(code), ...joinedWords(code), ...joinedWords(title)];
}

/** @type {(text: string) => string[]} Return the words by which a text is found. */
export function textWords(text) {
  const folded = fold(text);
  return [...wordsIn(folded), ...joinedWords(folded)];
}

/** @type {(text: string) => string[]} Return the words of a query. */
export const queryWords = (text) => distinct(tokens(fold(text)));

/**
 * Return the ways to read a word of a query. In each, all words must be found: `o'neill` is also `oneill`, and `o` with `neill`.
 * @param {string} word
 */
export function readings(word) {
  const parts = partsOf(word);
  if (word.includes("@") || (parts.length === 1 && parts[0] === word)) return [[word]];
  return [[word], [parts.join("")], distinct(parts)];
}
