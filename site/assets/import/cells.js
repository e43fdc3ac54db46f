// The text of a cell as the value of a field of a product, or the rule that it breaks. local/catalog_cells.py has the same rules,
// and a test runs both on the same cells. A text with several meanings is refused, never guessed.
import { asText, withoutGuards } from "../list/spreadsheet-text.js";
import { netContent, pictogramCodes, statementLines, ufiCode } from "../catalog/label-texts.js";
import { key, line, lines } from "../lib/text.js";
import { encodedOnce } from "./encoded-twice.js";

export const SHORTENED = /^[+-]?\d+([.,]\d+)?E[+-]?\d+$/i;
const ERROR = /^#(?:n\/a|name\?|(?:ref|value|div\/0|null|num|wert|bezug|valeur)!|nv)$/i;
const NOTHING = /^(?:nan|null|none|n\/a)$/i;
const MADE_A_DATE =
  /^(?:\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2})$/;

const TEXT_AS_FORMULA = /^="([^"]*)"$/; // so programs keep the zeros of a code in Excel

export const REQUIRED = { fault: "is required" };

/**
 * Return {value} or {fault}: a SKU. A `doubt` is a rule that is probably broken, unless the catalog has just that. The schema of a product
 * has the further rules.
 */
export function skuIn(cell) {
  const bare = withoutGuards(cell).replace(TEXT_AS_FORMULA, "$1");
  const sku = key(bare);
  if (!sku) return REQUIRED;
  const isGuarded = bare !== cell;
  if (NOTHING.test(sku)) return { value: sku, doubt: "must be a SKU" };
  const change = isGuarded ? "" : changeOfSku(sku);
  return change
    ? { fault: `must be as in the catalog: ${change}. If it is right, write ' before it` }
    : { value: sku };
}

function changeOfSku(sku) {
  if (SHORTENED.test(sku)) return "a spreadsheet has probably shortened a number";
  if (/^\d+\.0+$/.test(sku)) return "a program has probably made it a number";
  return MADE_A_DATE.test(sku) ? "a spreadsheet has probably made it a date" : "";
}

/** Return {value} or {fault}: a text on one line. It has a `doubt` if letters were probably lost on the way. */
export function textIn(cell) {
  const value = line(withoutGuards(cell));
  if (!value) return REQUIRED;
  if (ERROR.test(cell.trim())) return { fault: "must be text: a spreadsheet could not compute it" };
  return { value, doubt: doubtOf(value) };
}

/** Return {value}, which may be empty, or {fault}: a text that may have several lines. */
export function descriptionIn(cell) {
  if (ERROR.test(cell.trim())) return { fault: "must be text: a spreadsheet could not compute it" };
  const value = lines(withoutGuards(cell));
  return { value, doubt: doubtOf(value) };
}

function doubtOf(text) {
  if (text.includes("\ufffd")) return "must have every letter: one is lost (\ufffd)";
  const once = encodedOnce(text);
  return once ? `must be encoded once: “${once}” is encoded twice` : "";
}

/** Return {value}: a currency, or no value for an empty cell. The schema of a product has the rule. */
export function currencyIn(cell) {
  const code = key(withoutGuards(cell)).toUpperCase();
  return { value: code || undefined };
}

/** Return {value}, which may be empty, or {fault}: a number of pieces or units. The schema of a product has its limits. */
export function countIn(cell) {
  const text = key(withoutGuards(cell));
  if (!text) return { value: "" };
  return /^\d{1,9}$/.test(text) ? { value: Number(text) } : { fault: "must be a whole number, such as 12" };
}

// Each returns {value}, which may be empty. The schema of a product has the rules.
export const netContentIn = (cell) => ({ value: netContent(withoutGuards(cell)) });
export const vatClassIn = (cell) => ({ value: key(withoutGuards(cell)).toLowerCase() });
export const pictogramsIn = (cell) => ({ value: pictogramCodes(withoutGuards(cell)) });
export const statementsIn = (cell) => ({ value: statementLines(withoutGuards(cell)) });
export const ufiIn = (cell) => ({ value: ufiCode(withoutGuards(cell)) });
export function signalWordIn(cell) {
  const word = key(withoutGuards(cell)).toLowerCase();
  return { value: word.replace(/^./, (letter) => letter.toUpperCase()) };
}

const words = (text) => new Set(text.split(/,\s*/));
const YES = words(
  "1, yes, y, true, sold, active, ja, j, wahr, aktiv, oui, o, vrai, actif, sí, si, s, verdadero, activo, waar, actief",
);
const NO = words(
  "0, no, n, false, not sold, unsold, inactive, nein, falsch, inaktiv, non, faux, inactif, falso, inactivo, nee, onwaar, inactief",
);

/** Return {value} or {fault}: whether a product is sold. */
export function activeIn(cell) {
  const word = line(withoutGuards(cell)).toLowerCase();
  if (!word) return REQUIRED;
  if (YES.has(word) || NO.has(word)) return { value: YES.has(word) };
  return { fault: "must be yes or no" };
}

/** Return a cell for the file of refused rows: a plain number as it is, and any other text so that no spreadsheet changes it. */
export const kept = (cell) =>
  /^(?:0|[1-9]\d{0,8})(?:[.,]\d{1,2})?$/.test(cell) ? cell : asText(withoutGuards(cell));
