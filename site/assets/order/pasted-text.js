// The text that somebody pastes into the search for products.

const MAX_ROW = 100; // characters of a SKU and a quantity; the pattern would be slow for a text of many digits or commas

/**
 * Return whether a pasted text has several cells or rows, or is a row "SKU quantity". A SKU without a digit is not
 * recognised, because "bleach 5" is a search.
 */
export const isRows = (text) =>
  /[\n\t;]/.test(text) || (text.length <= MAX_ROW && /^\S*\d\S*[\s,]+\d+$/.test(text));
