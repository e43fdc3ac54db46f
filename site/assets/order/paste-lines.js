// The dialog for lines pasted from a spreadsheet. It shows the meaning of each row before any row is added to the order.
import { announce, byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";
import { showRows, showRowsSoon } from "./paste-preview.js";
import { judge } from "./paste-results.js";
import { MAX_LINES, showState } from "./paste-state.js";
import { parse } from "./pasted-rows.js";
import { lookUp } from "./product-lookup.js";

const PAUSE_MS = 300; // from the last letter to the reading of the rows
const REFRESH_MS = 200; // what was found is shown at most once in this time, even if many products are found
const dialog = byId("paste-dialog");
const field = byId("paste-text");

/** Open the dialog. Resolve when it is closed. Each change calls `onLeft` with the rows that are not on the order yet. */
export const pasteLines = (options) => new PasteDialog(options).open(options.text);

class PasteDialog {
  #known = new Map(); // SKU as written -> {product} | {unknown} | {error}
  #pasted = { titles: null, rows: [] };
  #added = 0;
  #looking = new AbortController();
  #reading;
  #refreshing;

  constructor({ lines, onLeft }) {
    Object.assign(this, { lines, onLeft });
  }

  open(text) {
    field.value = text;
    field.oninput = this.#typed;
    byId("paste-add").onclick = this.#add;
    byId("paste-retry").onclick = this.#read;
    this.onLeft(text);
    dialog.showModal();
    field.focus();
    this.#read();
    return new Promise((resolve) => (dialog.onclose = () => resolve(this.#stop())));
  }

  #stop() {
    this.#looking.abort();
    [this.#reading, this.#refreshing].forEach(clearTimeout);
  }

  #typed = () => {
    this.#added = 0;
    this.onLeft(field.value.trim() && field.value); // a blank cell can end the last row
    clearTimeout(this.#reading);
    this.#reading = setTimeout(this.#read, PAUSE_MS);
  };

  /** Read the rows, and look up products that are not known yet. */
  #read = async () => {
    this.#looking.abort();
    this.#looking = new AbortController();
    const { signal } = this.#looking;
    this.#pasted = parse(field.value);
    const missing = this.#missing();
    for (const sku of missing) this.#known.delete(sku);
    this.#refresh();
    await lookUp(missing, this.#found, signal);
    if (!signal.aborted) this.#refresh();
  };

  #missing() {
    const { rows } = this.#pasted;
    const wanted = new Set(rows.flatMap(({ fault, sku }) => (fault ? [] : [sku])));
    return rows.length > MAX_LINES ? [] : [...wanted].filter((sku) => !this.#known.get(sku)?.product);
  }

  #found = (sku, outcome) => {
    this.#known.set(sku, outcome);
    if (outcome.error && sessionEnded(outcome.error)) this.#looking.abort();
    this.#refreshing ??= setTimeout(this.#refresh, REFRESH_MS, showRowsSoon);
  };

  #refresh = (show = showRows) => {
    clearTimeout(this.#refreshing);
    this.#refreshing = undefined;
    const results = this.#results();
    show(results.length > MAX_LINES ? [] : results);
    showState(results, {
      room: MAX_LINES - this.lines.items().length,
      added: this.#added,
      titles: this.#pasted.titles,
    });
  };

  #results() {
    return judge(this.#pasted.rows, this.#known, this.lines.items());
  }

  #add = () => {
    const results = this.#results();
    const good = results.filter(({ state }) => state === "good");
    this.lines.add(good.map(({ product, sum }) => ({ product, quantity: sum })));
    const rest = results.filter(({ state }) => state !== "good" && state !== "joined");
    this.#added = results.length - rest.length;
    this.#leave(rest);
    announce(`${count(this.#added, "row")} added to the order.`);
    if (!rest.length) return dialog.close();
    field.focus();
    this.#pasted = parse(field.value);
    return this.#refresh();
  };

  /** Leave only these rows in the field, with the row of titles above them. */
  #leave(rest) {
    const { titles } = this.#pasted;
    const rows = titles && rest.length ? [titles, ...rest] : rest;
    field.value = rows.map((row) => row.text).join("\n");
    this.onLeft(field.value);
  }
}
