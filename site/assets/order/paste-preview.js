// The table of pasted rows: first the rows to correct, then the lines that will be added.
import { announce, byId, fill, stamp } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { unitOf } from "../lib/units.js";

const ROW_MS = 1; // a browser takes some of this time to lay out a row of a long table
let [latest, later] = [];

/** Show results of `judge` that change again and again. A long table is shown anew less often than a short one. */
export function showRowsSoon(results) {
  latest = results;
  later ??= setTimeout(() => showRows(latest), ROW_MS * results.length);
}

/** Show the results of `judge` in the table. The number of a row to correct is a button, which leads to its text. */
export function showRows(results) {
  clearTimeout(later);
  later = undefined;
  const isWrong = ({ state }) => state === "wrong" || state === "failed";
  const right = results.filter((result) => !isWrong(result));
  byId("paste-wrong").replaceChildren(...results.filter(isWrong).map(wrongRow));
  byId("paste-right").replaceChildren(...right.map(tableRow));
  byId("paste-preview").hidden = !results.length;
}

/** Return a row to correct, with its whole text as it was pasted. */
function wrongRow(result) {
  const go = stamp("paste-go", { number: String(result.row) });
  go.setAttribute("aria-label", `Go to row ${result.row}`);
  go.onclick = () => goTo(result);
  return fill(tableRow(result), { row: go, sku: result.text.replace(/\s+/gu, " ").trim(), written: "" });
}

function tableRow(result) {
  const { row, text, sku, product, quantity, sum, state } = result;
  const element = stamp("paste-row");
  element.dataset.state = state;
  return fill(element, {
    row: String(row),
    sku: product?.sku ?? (sku || text),
    written: product && product.sku !== sku ? `written ${sku}` : "",
    name: product?.name,
    quantity: quantity === undefined ? "" : String(quantity),
    unit: product && quantity !== undefined ? unitOf(product) : "",
    total: state === "good" ? money(product.unitPrice * sum, product.currency) : "",
    remark: remark(result),
  });
}

function remark({ state, why, line, parts = [], sum, before }) {
  if (state === "waiting") return "…";
  const rows = parts.map(({ row }) => row).join(", ");
  const words = [
    line && `counted with row ${line.row}`,
    parts.length > 1 && `rows ${rows}: ${parts.map(({ quantity }) => quantity).join(" + ")} = ${sum}`,
    before && `${before} on the order already`,
    why,
  ];
  return words.filter(Boolean).join("; ");
}

/** Select a row in the field, and scroll to it. The field does not wrap, so that all its lines have the same height. */
function goTo({ row, at, text }) {
  const field = byId("paste-text");
  field.focus();
  field.setSelectionRange(at, at + text.length);
  field.scrollTop = (row - 1) * Number.parseFloat(getComputedStyle(field).lineHeight);
  field.scrollLeft = 0;
  announce(`Row ${row} is selected.`);
}
