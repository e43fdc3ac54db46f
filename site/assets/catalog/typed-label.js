// A hazard label as people copy it from a safety data sheet, in the form in which the catalog keeps it. The import takes
// its cells as they are (label-texts.js).
import { lines } from "../lib/text.js";
import { pictogramCodes, statementLines, ufiCode } from "./label-texts.js";

// Bullets and numbers of a list, before a code.
const MARKS = /^(?:[^\p{L}\p{N}(]|\d{1,2}[.)] )+(?=(?:EUH|H|P) ?\d{3})/iu;
const CODES = /^(?:EUH|H|P) ?\d{3}[a-z]*(?: ?\+ ?(?:EUH|H|P) ?\d{3}[a-z]*)*/i;
// Small letters after the digits have a meaning: H360Fd is not H360FD.
const START_OF_CODE = /(EUH|H|P) ?(?=\d{3})/gi;
// A line of a PDF ends anywhere. The next one is a statement of its own, unless it begins with a small letter.
const WRAPPED = /\n(?=\p{Ll})(?!(?:euh|h|p) ?\d{3})/gu;
const WRAPPED_CODES = /\+ ?\n/g;

/** Return the statements, one a line, each beginning with its code. */
export function typedStatements(text) {
  const spaced = lines(text).replaceAll("\u00a0", " ");
  const joined = statementLines(spaced).replace(WRAPPED, " ").replace(WRAPPED_CODES, "+ ");
  return joined.split("\n").map(asStatement).join("\n");
}

const asStatement = (line) => line.replace(MARKS, "").replace(CODES, asCodes);
const asCodes = (codes) => codes.replace(START_OF_CODE, (_, start) => start.toUpperCase());

/** Return the codes of pictograms as GHS05, GHS07. */
export const typedPictograms = (text) =>
  pictogramCodes(text.replace(/[/+&]|\b(?:and|und)\b/gi, " ").replace(/GHS\s+(?=\d)/gi, "GHS"));

/** Return a UFI with its hyphens and capital letters, without the letters UFI before it. */
export function typedUfi(text) {
  const code = ufiCode(text).replace(/^UFI[: ]+/, "");
  const bare = code.replace(/[- ]/g, "");
  return /^\w{16}$/.test(bare) ? bare.match(/.{4}/g).join("-") : code;
}
