// The table of the best sellers as a file, in the format that is chosen for exports of the list.
import { announce } from "../lib/dom.js";
import { download } from "../lib/download.js";
import { chosenFormat, FORMATS } from "../list/file-format.js";

const NAMES = ["Place", "SKU", "Product", "Units", "Revenue", "Orders", "Currency"];

/** Save the rows of `ranked` for a period. */
export function exportBest(period, by, rows, currency) {
  const { extension, line, file } = FORMATS[chosenFormat()];
  const lines = rows.map((row) => line(cellsOf(row, currency)));
  download(file(NAMES, lines, "Best sellers"), `best-sellers-${period}-by-${by}.${extension}`);
  announce("Exported.");
}

const number = (value) => ({ kind: "number", value });
const text = (value) => ({ kind: "text", value });

/** Return the cells of a row. */
export const cellsOf = ({ place, item: { sku, name, units, revenue, orders } }, currency) => [
  number(place),
  text(sku),
  text(name),
  number(units),
  { kind: "amount", value: revenue, currency },
  number(orders),
  text(currency),
];
