// @ts-check
// The letters of a text as searches compare them. lambdas/shop/search.py folds text in the same way.

/** @type {Record<string, string>} */
const PLAIN = {
  ß: "ss",
  ł: "l",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  æ: "ae",
  œ: "oe",
  ı: "i",
  ħ: "h",
  ŧ: "t",
  ə: "e",
  ŋ: "n",
  ɓ: "b",
  ɗ: "d",
  ƙ: "k",
  ɛ: "e",
  ɔ: "o",
  ς: "σ",
};

/**
 * Return the letters and digits of a text in lower case and without accents, so that `obrien` is in `O’Brien`.
 * @param {string} text
 */
export const letters = (text) =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]|[ʹʺʻʼʽʾʿˀˁˈꞌ\u0640]/gu, "") // Unicode counts some apostrophes as letters
    .replace(/[^ -~]/gu, (letter) => PLAIN[letter] ?? letter);
