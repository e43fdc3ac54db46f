// The columns of a file and the fields of products that they hold: guessed, current with examples, and corrected by a person.
import { byId, fill, stamp } from "../lib/dom.js";
import { count, isolated } from "../lib/format.js";
import { once } from "../lib/once.js";
import { canAdd, contentOf, isPartial } from "./items.js";
import { COLUMNS, FAULT, FIELDS, guess } from "./titles.js";
import { remember, remembered } from "./remembered.js";

const USUAL = FIELDS.indexOf("description") + 1; // fields that are shown at once
const EXAMPLES = 3; // values of a column that are shown
const MOST_LEFT_OUT = 5; // columns that are named
const listed = once(() => new Intl.ListFormat("en"));
const inTitles = (fields) => listed().format(fields.map((field) => COLUMNS[field]));

let current; // {head, rows, places, doubts, rowsOf, onChange}

/**
 * Show the columns of a table for a person to confirm. `rowsOf(places)` returns its rows, `places` are those known already, and
 * `onChange()` is called before other columns are shown.
 */
export function showColumns(head, { rowsOf, places, onChange }) {
  const found = guess(head.header);
  const known = places ?? remembered(head.header) ?? found.places;
  current = { head, rowsOf, onChange, doubts: found.doubts, places: known };
  fill(byId("above").parentElement, { above: aboveInWords(head) });
  const [usual, more] = [FIELDS.slice(0, USUAL), FIELDS.slice(USUAL)];
  byId("column-choices").replaceChildren(...usual.map(choiceOf));
  byId("more-column-choices").replaceChildren(...more.map(choiceOf));
  byId("more-columns").open = more.some((field) => current.places[field] !== undefined);
  showMode();
}

/** Return the chosen places of the fields, and the rows that the table has with them. */
export const chosenColumns = () => ({ places: current.places, rows: current.rows });

/** Keep the places for the next file with these column names, if they are not as guessed. */
export function keepColumns() {
  const { head, places } = current;
  if (JSON.stringify(places) !== JSON.stringify(guess(head.header).places)) remember(head.header, places);
}

function aboveInWords({ above, headerRow }) {
  if (!above.length) return "";
  const first = above[0].slice(0, 60);
  return `The column names are in row ${headerRow}. ${count(above.length, "row")} above them ${above.length > 1 ? "are" : "is"} left out: “${isolated(first)}”.`;
}

function choiceOf(field) {
  const element = stamp("column", { label: COLUMNS[field] });
  const [label, select] = element.children;
  label.htmlFor = select.id = `column-${field}`;
  const titles = current.head.header.map((title, at) => new Option(title || `Column ${at + 1}`, String(at)));
  select.append(new Option("Not in the file", ""), ...titles);
  select.value = String(current.places[field] ?? "");
  select.onchange = () => {
    const { [field]: _, ...others } = current.places;
    current.places = select.value === "" ? others : { ...others, [field]: Number(select.value) };
    current.onChange();
    showMode();
  };
  return element;
}

/** Show the first values of each column, what an import of these columns does, and whether it can begin. */
function showMode() {
  const { places, rowsOf } = current;
  current.rows = rowsOf(places);
  for (const field of FIELDS) {
    const values = current.rows
      .filter(({ fault }) => !fault)
      .map(({ cells }) => cells[places[field]]?.trim());
    const some = values.filter(Boolean).slice(0, EXAMPLES).join(" · ");
    fill(byId(`column-${field}`).parentElement, { example: some.slice(0, 200) });
  }
  const missing = current.rows.length
    ? whatIsMissing(places)
    : "The file has no rows below the column names.";
  byId("mode").textContent =
    missing || `${modeInWords(places)} ${leftOutInWords(current.head.header, places)}`.trim();
  byId("check").textContent = `Check ${count(current.rows.length, "row")}`;
  byId("check").disabled = Boolean(missing);
}

function whatIsMissing(places) {
  const doubt = current.doubts.find(({ field }) => places[field] === undefined);
  const columns = doubt?.columns.map((at) => `“${isolated(current.head.header[at])}”`);
  if (doubt)
    return `Several columns could be the ${COLUMNS[doubt.field]}: ${listed().format(columns)}. Choose one.`;
  if (places.sku === undefined) return "Choose the column with the SKU, by which products are found.";
  return contentOf(places).length ? "" : "Choose at least one column beside the SKU.";
}

/** Return the titles of the columns that hold no field, in words. */
export function leftOutInWords(header, places) {
  const used = new Set(Object.values(places));
  const others = header.filter((title, at) => title && title !== FAULT && !used.has(at));
  const named = others.slice(0, MOST_LEFT_OUT).map((title) => `“${isolated(title)}”`);
  const more = others.length > named.length ? ` and ${others.length - named.length} more` : "";
  return named.length ? `Left out: ${named.join(", ")}${more}.` : "";
}

/** Return what an import of these columns does, in words. */
export function modeInWords(places) {
  const content = contentOf(places);
  const left = FIELDS.filter((field) => places[field] === undefined);
  if (content.every((field) => ["unitPrice", "currency"].includes(field))) {
    const refused = content.includes("currency") ? " A price in another currency is refused." : "";
    return `Prices only: products of the catalog get these prices and keep everything else.${refused} No product is added.`;
  }
  if (!isPartial(places)) return "Whole products: they are added, or changed in every field.";
  const kept =
    left.length > 2
      ? "what the file does not have stays as it is"
      : `${inTitles(left)} ${left.length > 1 ? "stay as they are" : "stays as it is"}`;
  if (canAdd(places))
    return `Whole products: they are added or changed. Of products in the catalog, ${kept}.`;
  return `Some fields: products of the catalog change in ${inTitles(content)}. No product is added.`;
}
