// @ts-check
// The normal forms of text that people type and paste. lambdas/platform/text.py has the same rules, and a test runs both on
// the same texts. All ranges are spelled out, because \s and trim() differ between languages.

const BLANKS =
  "\\t\\n\\v\\f\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u2800\\u3000";
const BLANK = new RegExp(`[${BLANKS}]`, "u");
const EVERY_BLANK = new RegExp(BLANK, "gu");
const LINE_ENDS = "\\v\\f\\r\\x1c-\\x1e\\x85\\u2028\\u2029";
const LINE_END = new RegExp(`\\r\\n|[${LINE_ENDS}]`, "gu");
const BREAK = new RegExp(`\\r\\n|[\\t\\n\\x1f${LINE_ENDS}]`, "gu");

// Control characters, and characters that have no shape of their own.
const HIDDEN =
  "\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u200b\\u200e\\u200f" +
  "\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}" +
  "\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}";
const JOINERS = "\\u200c\\u200d";
const SELECTORS = "\\u180b-\\u180f\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}";
const ACCENTS = "\\u0300-\\u034e\\u0350-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f";
// The flags of England, Scotland and Wales are a black flag with letters that are hidden elsewhere.
const FLAG_OR_HIDDEN = new RegExp(
  `(\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]+\\u{e007f})|[${HIDDEN}]`,
  "gu",
);
const ATTACHED = new RegExp(`[${JOINERS}${SELECTORS}${ACCENTS}]+`, "gu");
const JOINER = new RegExp(`[${JOINERS}]`, "gu");
const UNSEEN_IN_KEYS = new RegExp(`[${HIDDEN}${JOINERS}${SELECTORS}]`, "gu");

// Full-width and half-width forms, ligatures of PDF files and mathematical letters.
const TYPEFACE = /[\ufb00-\ufb06\uff01-\uffee\u{1d400}-\u{1d7ff}]/gu;
const HYPHENS = /[\u2010-\u2015\u2212\ufe63]/gu;

/** @typedef {(text: string) => string} Form */

/**
 * Return the normal form of text on one line, such as a name. It is empty if nothing in it is visible.
 * @type {Form}
 */
export const line = (text) => normal(text.replace(BREAK, " "));

/**
 * Return the normal form of text that may have several lines, such as an address or a note.
 * @type {Form}
 */
export const lines = (text) =>
  normal(text.replace(LINE_END, "\n").replaceAll("\t", " ").replaceAll("\x1f", " "));

/**
 * Return the normal form of an e-mail address or SKU, without characters that nobody sees.
 * @type {Form}
 */
export function key(text) {
  const plain = text.replace(TYPEFACE, (letter) => letter.normalize("NFKC"));
  const seen = plain.replaceAll("\u3002", ".").replace(HYPHENS, "-").replace(UNSEEN_IN_KEYS, "");
  return trimmed(composed(seen.replace(EVERY_BLANK, " ")));
}

const KEYS = ["email", "sku", "ufi"];
const LINES = ["address", "notes", "note", "comment", "description", "hazardStatements"];
const OPTIONAL =
  "company phone address reference notes note assignee text description netContent vatClass signalWord pictograms hazardStatements ufi image imageText safetyDataSheet safetyDataSheetVersion safetyDataSheetDate".split(
    " ",
  );
const REMOVABLE_IN = ["details", "labels"]; // where an empty text removes the stored field
const AS_TYPED = "content"; // of a draft, whose person goes on typing
const DEPTH = 3; // an order has a list of objects with texts

/**
 * Return a document with each text in the normal form of its field, without empty optional fields.
 * @template T
 * @param {T} document
 * @returns {T}
 */
export const normalise = (document) => normalised(document, "", DEPTH);

const formOf = (/** @type {string} */ field) =>
  KEYS.includes(field) ? key : LINES.includes(field) ? lines : line;

/** @type {(document: any, field: string, depth: number) => any} */
function normalised(document, field, depth) {
  if (field === AS_TYPED) return document;
  if (typeof document === "string") return formOf(field)(document);
  if (!depth || typeof document !== "object" || document === null) return document;
  if (Array.isArray(document)) return document.map((entry) => normalised(entry, field, depth - 1));
  const content = Object.entries(document).map(([name, value]) => [name, normalised(value, name, depth - 1)]);
  const optional = REMOVABLE_IN.includes(field) ? [] : OPTIONAL;
  return Object.fromEntries(content.filter(([name, value]) => value !== "" || !optional.includes(name)));
}

/** @type {Form} */
const normal = (text) => trimmed(composed(text.replace(FLAG_OR_HIDDEN, "$1").replace(ATTACHED, attached)));

const MAX_LENGTH = 4000; // characters: twice the longest text that a schema allows; every schema refuses longer text
/** @type {Form} */
const composed = (text) => ([...text].length > MAX_LENGTH ? text : text.normalize("NFC"));

/**
 * Return the accents and joiners that have a letter or symbol to attach to.
 * @type {(found: string, start: number, text: string) => string}
 */
function attached(found, start, text) {
  const [before, after] = [text[start - 1], text[start + found.length]];
  if (before === undefined || BLANK.test(before)) return "";
  return after === undefined || BLANK.test(after) ? found.replace(JOINER, "") : found;
}

/**
 * Return a text without blanks at its ends. A pattern for the end would be slow for text with many blanks inside.
 * @type {Form}
 */
function trimmed(text) {
  let [start, end] = [0, text.length];
  while (start < end && BLANK.test(text[start])) start++;
  while (end > start && BLANK.test(text[end - 1])) end--;
  return text.slice(start, end);
}
