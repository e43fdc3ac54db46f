// One line of an order being written: its row in the table, with the field for the quantity.
import { fill, stamp } from "../lib/dom.js";
import { isolated, money } from "../lib/format.js";
import { unitOf } from "../lib/units.js";
import { lineTotal } from "./amounts.js";
import { LineQuantity } from "./line-quantity.js";

/** Return a row for a line. `row.item` is the line, and `row.quantity` its field. */
export function newRow(item, { onType, onRemove, ...ends }) {
  const row = stamp("line-row");
  row.item = item;
  row.quantity = new LineQuantity(row, {
    ...ends,
    onType() {
      showLine(row);
      onType();
    },
  });
  row.querySelector("[data-remove]").onclick = () => onRemove(row);
  return row;
}

/** Name a row's fields by their path in the order, and label them for a screen reader. */
export function numberRow(row, index) {
  const name = isolated(row.item.name ?? row.item.sku);
  const [product, quantity] = [row.querySelector("th"), row.querySelector("td[data-field]")];
  labelField(product, `items[${index}].sku`, "SKU", `Line ${index + 1}:`);
  labelField(quantity, `items[${index}].quantity`, "Quantity", `Quantity of line ${index + 1}, ${name},`);
  const input = quantity.querySelector("input");
  input.id = `quantity-${index}`;
  input.setAttribute("aria-label", `Quantity of ${name}`);
  describe(input, quantity);
  row.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${name}`);
}

/** Name the unit, and the error if there is one, as the description of the field for screen readers. */
function describe(input, quantity) {
  const [unit, error] = [".line-unit", ".field-error"].map((part) => quantity.querySelector(part));
  unit.id = `${input.id}-unit`;
  input.setAttribute("aria-describedby", error.hidden ? unit.id : `${unit.id} ${error.id}`);
}

function labelField(field, path, short, full) {
  Object.assign(field.dataset, { field: path, short, label: full });
  field.querySelector(".field-error").id = `${path.replace(/\W+/g, "-")}-error`;
}

/** Show name, price, unit and total of a row's line. */
export function showLine(row) {
  const { name, sku, unitPrice, currency } = row.item;
  const text = (value) => (value === undefined ? "–" : money(value, currency));
  const total = text(lineTotal(row.item));
  fill(row, { name, sku, price: text(unitPrice), unit: unitOf(row.item), total });
}
