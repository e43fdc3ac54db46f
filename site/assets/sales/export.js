// The table of the page Sales as a file, in the format that is chosen for exports of the list.
import { announce } from "../lib/dom.js";
import { download } from "../lib/download.js";
import { chosenFormat, FORMATS } from "../list/file-format.js";
import { nameOf } from "./periods.js";

const NAMES = ["From", "Orders", "Revenue", "From before", "Orders before", "Revenue before", "Currency"];

/** Save the rows of a report. There is no row for the total, because a sum over the column would count it, too. */
export function exportReport(period, { rows }, currency) {
  const { extension, line, file } = FORMATS[chosenFormat()];
  const lines = rows.map((row) => line(cellsOf(row, currency)));
  download(file(NAMES, lines, "Sales"), `sales-${nameOf(period)}.${extension}`);
  announce("Exported.");
}

/** Return the cells of a row. Figures that are not known yet are empty. */
export function cellsOf({ part, partBefore, sum, sumBefore }, currency) {
  const figures = (sums) => [
    sums ? { kind: "number", value: sums.orders } : EMPTY,
    sums ? { kind: "amount", value: sums.revenue, currency } : EMPTY,
  ];
  return [
    begin(part),
    ...figures(sum),
    begin(partBefore),
    ...figures(sumBefore),
    { kind: "text", value: currency },
  ];
}

const EMPTY = { kind: "text", value: "" };
const begin = (part) => (part ? { kind: "time", value: part.from.toISOString() } : EMPTY);
