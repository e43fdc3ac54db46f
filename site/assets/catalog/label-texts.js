// Texts of a hazard label in the form in which the catalog keeps them, whether they are typed or come from a file.
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
