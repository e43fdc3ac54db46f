// The results of pasted rows, and their table: first the rows to correct, then the lines that will be added.
import { byId, fill, stamp } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { unitOf } from "../lib/units.js";
import { outside } from "./pasted-rows.js";
import { wholeNumber } from "../lib/quantity.js";

/**
 * Return each row as {...row, state, why?}. `known` maps a SKU to {product}, {unknown} or {error}, and `items` are the
 * order's lines. The states are:
 * - good: the first row of its product, which becomes a line with the quantity `sum`.
 * - joined: a later row of a product, whose quantity is part of that line.
 * - waiting: the product is still being looked up.
 * - failed: the product could not be looked up.
 * - wrong: a person has to correct the row. `why` is the reason, also for a failed row.
 */
export function judge(rows, known, items) {
  const onOrder = new Map(items.map(({ sku, quantity }) => [sku, wholeNumber(quantity) ?? 0]));
  const lines = new Map(); // SKU -> the result of its first row, which becomes the line
  const results = rows.map((row) => {
    const result = { ...row, ...known.get(row.sku) };
    const why = fault(result);
    if (why) return { ...result, state: result.error ? "failed" : "wrong", why };
    if (!result.product) return { ...result, state: "waiting" };
    return inLine(row, result, lines, onOrder);
  });
  return results.map(bounded);
}

/** Return the result of a good row. The first row of a product becomes a line, and later rows add to that line. */
function inLine(row, result, lines, onOrder) {
  const { sku } = result.product;
  const line = lines.get(sku);
  if (line) {
    line.parts.push(row);
    line.sum += row.quantity;
    return { ...result, state: "joined", line };
  }
  const before = onOrder.get(sku);
  const first = {
    ...result,
    state: "good",
    parts: [row],
    sum: row.quantity,
    before,
    isNew: before === undefined,
  };
  lines.set(sku, first);
  return first;
}

function fault({ fault: written, unknown, error, product, sku, unit }) {
  if (written) return written;
  if (unknown) return `is not in the catalog${foreignLetter(sku)}`;
  if (error) return "could not be looked up";
  if (product && !product.active) return "is no longer sold";
  return product && unit && !isSameUnit(unit, product.unit)
    ? `is sold by ${product.unit}, not by ${unit}`
    : "";
}

/** Return a hint at a letter of another alphabet, which can look like one that SKUs have. */
function foreignLetter(sku) {
  const [letter] = (/^\S+$/u.test(sku) && sku.match(/[^\x21-\x7e]/u)) || [];
  return letter
    ? `: ${letter} is the character U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`
    : "";
}

const SINGLE = new Set("each ea piece pieces pc pcs unit units stück stk".split(" "));

function isSameUnit(one, other) {
  const [written, sold] = [one, other].map((unit) => unit.toLowerCase().replace(/\.$/, ""));
  return [sold, `${sold}s`, `${sold}es`].includes(written) || (SINGLE.has(written) && SINGLE.has(sold));
}

/** Return the result, or a wrong one if the quantity of its line is out of range. */
function bounded(result) {
  const line = result.line ?? result;
  const why = line.parts && outside(line.sum + (line.before ?? 0));
  return why ? { ...result, state: "wrong", isNew: false, why: `${why} in all` } : result;
}

/** Show the results of `judge` in the table. The number of a row to correct is a button, which calls `onGo(result)`. */
export function showRows(results, onGo) {
  const isWrong = ({ state }) => state === "wrong" || state === "failed";
  const right = results.filter((result) => !isWrong(result));
  byId("paste-wrong").replaceChildren(...results.filter(isWrong).map((result) => wrongRow(result, onGo)));
  byId("paste-right").replaceChildren(...right.map(tableRow));
  byId("paste-preview").hidden = !results.length;
}

/** Return a row to correct, with its whole text as it was pasted. */
function wrongRow(result, onGo) {
  const go = stamp("paste-go", { number: String(result.row) });
  go.setAttribute("aria-label", `Go to row ${result.row}`);
  go.onclick = () => onGo(result);
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
