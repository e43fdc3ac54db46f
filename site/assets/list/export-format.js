// The form of exported files of orders: their format, and a row for each order or line.
import { namesOf, rowsOf } from "./columns.js";
import { chosenContent } from "./export-choice.js";
import { chosenFormat, FORMATS } from "./file-format.js";

/**
 * Return the form of the next exported file: its `extension`, `linesOf(order)`, and `whole(lines)`, a Blob. If `needsLines`, the
 * orders must have their lines.
 */
export const exportFormat = () => formOf(chosenFormat(), chosenContent());

/** Return the form of a file of "orders" or "lines" in one of the formats. */
export function formOf(name, of) {
  const { extension, line, file } = FORMATS[name];
  return {
    extension,
    needsLines: of === "lines",
    linesOf: (order) => rowsOf(of, order).map(line),
    whole: (lines) => file(namesOf(of), lines),
  };
}
