// The quick order: pasted SKUs and quantities, shown row by row, then put into the cart.
import { announce, byId, fill, stamp } from "../../../assets/lib/dom.js";
import { person } from "../../../assets/lib/session.js";
import { parse } from "../../../assets/order/pasted-rows.js";
import { syncSoon } from "../account/door.js";
import { factsOf } from "../cart/facts.js";
import { keep, readKept } from "../cart/kept.js";
import { room } from "../cart/room.js";
import { amountText } from "../money.js";
import { judged, leftRows, spellings, summaryOf, withRows } from "../quick/rows.js";

const PAUSE_MS = 300; // from the last letter to the reading of the rows
const page = byId("quick-order");
const field = byId("rows-text");
const money = JSON.parse(page.dataset.money);
const most = room();
const known = new Map();
let pasted = { titles: null, rows: [] };
let readText = ""; // the text of the rows that are shown
let later;

async function readRows() {
  clearTimeout(later);
  readText = field.value;
  pasted = parse(readText);
  if (pasted.rows.length > most.lines) pasted.rows.length = 0;
  const isLong = field.value.trim() !== "" && !pasted.rows.length;
  fill(page, { trouble: isLong ? `At most ${most.lines} rows at once.` : "" });
  showRows();
  await lookUp();
}

async function lookUp() {
  const { rows } = pasted;
  const skus = [...new Set(rows.filter(({ fault }) => !fault).map(({ sku }) => sku))];
  const missing = skus.filter((sku) => !known.has(sku));
  if (!missing.length) return;
  try {
    const found = await factsOf(missing.flatMap(spellings));
    for (const sku of missing)
      known.set(
        sku,
        spellings(sku).reduce((one, as) => one ?? found.get(as), null),
      );
  } catch (error) {
    fill(page, { trouble: error.message });
    byId("again").hidden = false;
    return;
  }
  if (document.activeElement === byId("again")) field.focus(); // the button goes
  byId("again").hidden = true;
  showRows();
}

const results = () => judged(pasted.rows, known, money.currency);

function showRows() {
  const all = results();
  byId("rows").replaceChildren(...all.map(rowOf));
  announce(summaryOf(all));
  const good = all.filter(({ state }) => state === "good");
  byId("put").disabled = !good.length || all.some(({ state }) => state === "looking");
  byId("put").textContent = good.length
    ? `Put ${good.length.toLocaleString("en-GB")} product${good.length === 1 ? "" : "s"} into the cart`
    : "Put into the cart";
}

function rowOf({ state, sku, text, facts, sum, note }) {
  const isGood = state === "good";
  const row = stamp("pasted-row", {
    quantity: isGood ? `${sum.toLocaleString("en-GB")} ×` : "",
    name: facts?.name ?? (sku || text),
    unit: facts ? `${facts.unit}, ${facts.sku}` : "",
    note,
    total: isGood ? amountText(facts.unitPrice * sum, money) : "",
  });
  row.dataset.result = state;
  return row;
}

function put() {
  if (field.value !== readText) return readRows(); // other rows than those on the screen, or none after a first press
  const all = results();
  const { kept, count, full } = withRows(readKept(), all, most);
  const left = leftRows(all, full);
  keep(kept);
  const { titles } = pasted;
  field.value = [...(titles && left.length ? [titles] : []), ...left].map(({ text }) => text).join("\n");
  if (!left.length) return location.assign("/cart");
  if (person()) syncSoon().catch(() => {});
  const done = `${count} product${count === 1 ? " is" : "s are"} in the cart.`;
  fill(page, {
    done: `${done} ${full.length ? "The cart has no room for all of the others." : "These rows are left."}`,
  });
  field.focus();
  const reading = readRows();
  announce(done);
  return reading;
}

field.oninput = () => {
  fill(page, { done: "" });
  clearTimeout(later);
  later = setTimeout(readRows, PAUSE_MS);
};
byId("put").onclick = put;
byId("again").onclick = readRows;
readRows();
