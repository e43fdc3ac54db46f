// One line of an order being written: its row in the table, with the field for the quantity.
import { fill, stamp } from "../lib/dom.js";
import { isolated, money } from "../lib/format.js";

/** Return a typed quantity as a whole number, or undefined. */
export const amount = (text) => (/^\d+$/.test(text) ? Number(text) : undefined);

/** Return the price of a line in minor units, or undefined without a unit price. */
export const lineTotal = ({ unitPrice, quantity }) =>
  unitPrice === undefined ? undefined : unitPrice * (amount(quantity) ?? 0);

/** Return a row for a line. `row.item` is the line, and typing in the row changes its quantity. */
export function newRow(item, { onType, onDone, onRemove }) {
  const row = stamp("line-row");
  row.item = item;
  const quantity = row.querySelector("input");
  quantity.value = item.quantity;
  quantity.oninput = () => {
    item.quantity = quantity.value.trim();
    showLine(row);
    onType();
  };
  quantity.onkeydown = (event) => pressKey(event, onDone);
  row.querySelector("[data-remove]").onclick = () => onRemove(row);
  return row;
}

/** Handle a key in the quantity: Enter ends it, and the arrow keys add or subtract 1. */
function pressKey(event, onDone) {
  if (event.key === "Enter") onDone();
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const quantity = event.currentTarget;
  quantity.value = Math.max(1, (amount(quantity.value) || 0) + step);
  quantity.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Name a row's fields by their path in the order, and label them for a screen reader. */
export function numberRow(row, index) {
  const name = isolated(row.item.name ?? row.item.sku);
  const [product, quantity] = [row.querySelector("th"), row.querySelector("td[data-field]")];
  labelField(product, `items[${index}].sku`, "SKU", `SKU of line ${index + 1}`);
  labelField(quantity, `items[${index}].quantity`, "Quantity", `Quantity of line ${index + 1}, ${name},`);
  const input = quantity.querySelector("input");
  input.id = `quantity-${index}`;
  input.setAttribute("aria-label", `Quantity of ${name}`);
  row.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${name}`);
}

function labelField(field, path, short, full) {
  Object.assign(field.dataset, { field: path, short, label: full });
  field.querySelector(".field-error").id = `${path.replace(/\W+/g, "-")}-error`;
}

/** Show name, price and total of a row's line. */
export function showLine(row) {
  const { name, sku, unitPrice, currency } = row.item;
  const text = (value) => (value === undefined ? "–" : money(value, currency));
  fill(row, { name, sku, price: text(unitPrice), total: text(lineTotal(row.item)) });
}
