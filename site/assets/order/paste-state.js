// The state of the paste dialog: the summary, the progress of looking up products, and which buttons can be pressed.
import { byId } from "../lib/dom.js";
import { count, isolated, whole } from "../lib/format.js";
import { loadedSchemas } from "../lib/json-schema.js";

const { Order } = await loadedSchemas;

/** The largest number of lines in an order. */
export const MAX_LINES = Order.properties.items.maxItems;

/** Show the state of the pasted rows. `room` is how many more lines fit on the order, `added` how many were just added. */
export function showState(results, { room, added, titles }) {
  const number = (...states) => results.filter(({ state }) => states.includes(state)).length;
  const [good, waiting, failed] = [number("good"), number("waiting"), number("failed")];
  const tooMany = results.length > MAX_LINES || results.filter(({ isNew }) => isNew).length > room;
  const looking = waiting > 0 && results.length <= MAX_LINES;
  byId("paste-looking").hidden = !looking;
  byId("paste-progress").max = results.length;
  byId("paste-progress").value = results.length - waiting;
  byId("paste-retry").hidden = !failed || looking;
  byId("paste-add").disabled = !good || looking || tooMany;
  byId("paste-add").textContent = good ? `Add ${count(good, "line")}` : "Add lines";
  byId("paste-summary").textContent = tooMany
    ? `${count(results.length, "row")}, and an order takes ${whole(MAX_LINES)} lines at most: take some out.`
    : summary(looking ? 0 : results.length, { good, wrong: number("wrong", "failed"), added, titles });
}

function summary(rows, { good, wrong, added, titles }) {
  const sentences = [
    added && `${count(added, "row")} added to the order.${rows ? " What is left:" : ""}`,
    rows && titles && titleSentence(titles),
    rows && `${count(good, "line")} to add, ${count(wrong, "row")} to put right.`,
  ];
  return sentences.filter(Boolean).join(" ");
}

function titleSentence({ row, names, sku, quantity }) {
  return names
    ? `Row ${row} holds titles: SKU in “${isolated(names[sku])}”, quantity in “${isolated(names[quantity])}”.`
    : `Row ${row} holds titles.`;
}
