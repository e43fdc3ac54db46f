// Lines pasted from a spreadsheet: what each row stands for is shown before anything is added to the order.
import { announce, byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";
import { judge, showRows } from "./paste-preview.js";
import { parse } from "./pasted-rows.js";
import { lookUp } from "./product-lookup.js";

const MOST = 1000; // lines of an order
const PAUSE = 300; // ms of no typing before the rows are read
const dialog = byId("paste-dialog");
const field = byId("paste-text");

/** Opens the dialog on a text, until it is closed; onLeft gets the rows that are not on the order, at each change. */
export function pasteLines({ text, lines, onLeft }) {
  const known = new Map(); // SKU as written -> {product} | {unknown} | {error}
  let pasted = { titles: null, rows: [] };
  let added = 0;
  let looking = new AbortController();
  let reading;
  let refreshing;

  async function read() {
    looking.abort();
    const { signal } = (looking = new AbortController());
    pasted = parse(field.value);
    const wanted = new Set(pasted.rows.flatMap(({ fault, sku }) => (fault ? [] : [sku])));
    const missing = pasted.rows.length > MOST ? [] : [...wanted].filter((sku) => !known.get(sku)?.product);
    missing.forEach((sku) => known.delete(sku));
    refresh();
    await lookUp(missing, found, signal);
    if (!signal.aborted) refresh();
  }

  function found(sku, outcome) {
    known.set(sku, outcome);
    if (outcome.error && sessionEnded(outcome.error)) looking.abort();
    refreshing ??= setTimeout(refresh, 200); // not after each of a thousand answers
  }

  function refresh() {
    clearTimeout(refreshing);
    refreshing = undefined;
    const results = judge(pasted.rows, known, lines.items());
    showRows(pasted.rows.length > MOST ? [] : results);
    showState(results);
  }

  function showState(results) {
    const many = (...states) => results.filter(({ state }) => states.includes(state)).length;
    const [good, waiting, failed] = [many("good"), many("waiting"), many("failed")];
    const room = MOST - lines.items().length;
    const tooMany = results.length > MOST || results.filter(({ isNew }) => isNew).length > room;
    const looked = waiting && results.length <= MOST;
    byId("paste-looking").hidden = !looked;
    byId("paste-progress").max = results.length;
    byId("paste-progress").value = results.length - waiting;
    byId("paste-retry").hidden = !failed || looked;
    byId("paste-add").disabled = !good || looked || tooMany;
    byId("paste-add").textContent = good ? `Add ${count(good, "line")}` : "Add lines";
    if (looked) return;
    const words = tooMany
      ? [`${count(results.length, "row")}, and an order takes ${MOST} lines at most: take some out.`]
      : [
          added && `${count(added, "row")} added to the order. What is left:`,
          pasted.titles && `Row ${pasted.titles.row} holds titles.`,
          results.length &&
            `${count(good, "line")} to add, ${count(many("wrong", "failed"), "row")} to put right.`,
        ];
    byId("paste-summary").textContent = words.filter(Boolean).join(" ");
  }

  function add() {
    const results = judge(pasted.rows, known, lines.items());
    const taken = results.filter(({ state }) => state === "good" || state === "joined");
    lines.add(
      taken.filter(({ state }) => state === "good").map(({ product, sum }) => ({ product, quantity: sum })),
    );
    added = taken.length;
    const rest = results.filter((result) => !taken.includes(result));
    field.value = [...(pasted.titles && rest.length ? [pasted.titles] : []), ...rest]
      .map((row) => row.text)
      .join("\n");
    onLeft(field.value);
    announce(`${count(added, "row")} added to the order.`);
    if (!rest.length) return dialog.close();
    field.focus();
    return read();
  }

  field.value = text;
  field.oninput = () => {
    added = 0;
    onLeft(field.value.trim());
    clearTimeout(reading);
    reading = setTimeout(read, PAUSE);
  };
  byId("paste-add").onclick = add;
  byId("paste-retry").onclick = read;
  onLeft(text);
  dialog.showModal();
  field.focus();
  read();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      looking.abort();
      [reading, refreshing].forEach(clearTimeout);
      resolve();
    };
  });
}
