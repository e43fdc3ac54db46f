// The formats of exported files. A person chooses one, and this browser keeps the choice.
import { choice } from "../lib/settings.js";
import { csv } from "./csv.js";
import { xlsx } from "./xlsx.js";

/**
 * The formats by name. Each has its `extension`, `line(cells)`, and `file(names, lines, title)`, a Blob. Excel's separator and
 * decimal mark in a CSV file depend on the language and the country of the computer.
 */
export const FORMATS = {
  xlsx,
  comma: csv(",", "."),
  semicolon: csv(";", ","),
  "semicolon-point": csv(";", "."),
};

const kept = choice("export-format", Object.keys(FORMATS), () => usualFormat(navigator.language));

/** Return the name of the chosen format, or of the usual one in this browser's language. */
export const chosenFormat = kept.get;

/** Keep the name of a chosen format. */
export const keepFormat = kept.set;

/**
 * Return the name of the format that Excel reads in a locale. Where a comma is the decimal mark, Excel separates cells by
 * semicolons. It does so in Switzerland and Liechtenstein, too.
 */
export function usualFormat(locale) {
  const parts = new Intl.NumberFormat(locale).formatToParts(0.5);
  if (parts.some(({ type, value }) => type === "decimal" && value !== ".")) return "semicolon";
  return /^(CH|LI)$/.test(new Intl.Locale(locale).maximize().region) ? "semicolon-point" : "comma";
}
