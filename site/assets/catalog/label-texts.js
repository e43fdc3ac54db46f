// Texts of a label in the form in which the catalog keeps them, whether they are typed or come from a file.
import { key, lines } from "../lib/text.js";

/** Return the codes of pictograms as GHS05, GHS07. */
export const pictogramCodes = (text) =>
  key(text)
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean)
    .join(", ");

/** Return the statements, one a line. */
export const statementLines = (text) => lines(text).replace(/\s*\n\s*/g, "\n");

/** Return a UFI with its capital letters. */
export const ufiCode = (text) => key(text).toUpperCase();

const UNITS = new Map([
  ...["l", "lt", "ltr", "liter", "liters", "litre", "litres"].map((word) => [word, "L"]),
  ...["g", "gr", "gram", "grams", "gramm"].map((word) => [word, "g"]),
  ...["m", "meter", "meters", "metre", "metres"].map((word) => [word, "m"]),
  ...["kg", "kilo", "kilos"].map((word) => [word, "kg"]),
  ["ml", "ml"],
]);

/**
 * Return an amount as 2.5 kg, whether it is typed so, as 2,50 KG or as 2.5kg. Any other text is returned as it is, and so is
 * 1,000 ml, which may be a thousand or one: the schema of a product refuses it.
 */
export function netContent(text) {
  const typed = key(text);
  const [, number, word] = typed.match(/^(\d+(?:\.\d+|,\d{1,2})?) ?([a-z]+)\.?$/i) ?? [];
  const unit = UNITS.get(word?.toLowerCase());
  return unit ? `${plainNumber(number)} ${unit}` : typed;
}

/** Return a number with a point and without zeros that say nothing. */
function plainNumber(number) {
  const [whole, decimals = ""] = number.split(/[.,]/);
  const kept = decimals.replace(/0+$/, "");
  return `${whole.replace(/^0+(?=\d)/, "")}${kept && `.${kept}`}`;
}
