// The lines of an order being written: add, change the quantity, remove, and their total.
import { byId, fill, stamp } from "../lib/dom.js";
import { count, money } from "../lib/format.js";

const rows = byId("line-rows");

/** Lines as {sku, quantity (as typed), name?, unitPrice?, currency?}; onChange after each change, onDone on Enter. */
export function orderLines({ onChange, onDone }) {
  const items = () => [...rows.children].map((row) => row.item);
  const rowOf = (sku) => [...rows.children].find((row) => row.item.sku === sku);

  function newRow(item) {
    const row = stamp("line-row");
    row.item = item;
    const quantity = row.querySelector("input");
    quantity.value = item.quantity;
    quantity.oninput = () => {
      item.quantity = quantity.value.trim();
      showLine(row);
      showTotal(items());
    };
    quantity.onkeydown = (event) => keys(event, quantity);
    row.querySelector("[data-remove]").onclick = () => remove(row);
    return row;
  }

  function keys(event, quantity) {
    if (event.key === "Enter") onDone();
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    quantity.value = Math.max(1, (amount(quantity.value) || 0) + step);
    quantity.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    changed();
    if (next) next.querySelector("[data-remove]").focus();
    else onDone();
  }

  /** Adds a product once more: the quantity of its line is what the person then types. */
  function pick(product) {
    if (!rowOf(product.sku)) add([{ product, quantity: 1 }]);
    const quantity = rowOf(product.sku).querySelector("input");
    quantity.focus();
    quantity.select();
  }

  /** Adds quantities of products, [{product, quantity}]: to the line of a product where there is one. */
  function add(wanted) {
    const known = new Map([...rows.children].map((row) => [row.item.sku, row]));
    const added = wanted.filter(({ product }) => !known.has(product.sku));
    for (const { product, quantity } of wanted) {
      const row = known.get(product.sku);
      if (row)
        row.item.quantity = row.querySelector("input").value = String(
          (amount(row.item.quantity) ?? 0) + quantity,
        );
    }
    rows.append(...added.map(({ product, quantity }) => newRow(lineOf(product, String(quantity)))));
    changed();
  }

  /** Gives each line the price and the name of now where it stands; `products` maps a SKU to its product. */
  function reprice(products) {
    for (const item of items()) {
      const product = products.get(item.sku);
      if (product?.active) Object.assign(item, lineOf(product, item.quantity));
    }
    changed();
  }

  function changed() {
    [...rows.children].forEach(number);
    for (const row of rows.children) showLine(row);
    showTotal(items());
    onChange();
  }

  return {
    items,
    pick,
    add,
    reprice,
    fill: (list) => {
      rows.replaceChildren(...list.map(newRow));
      changed();
    },
  };
}

/** A typed quantity as a whole number, or undefined. */
export const amount = (text) => (/^\d+$/.test(text) ? Number(text) : undefined);

const lineOf = ({ sku, name, unitPrice, currency }, quantity) => ({
  sku,
  name,
  unitPrice,
  currency,
  quantity,
});

// Fields are found by their path in the order, and labelled for those who only hear them.
function number(row, index) {
  const name = row.item.name ?? row.item.sku;
  const [product, quantity] = [row.querySelector("th"), row.querySelector("td[data-field]")];
  label(product, `items[${index}].sku`, "SKU", `SKU of line ${index + 1}`);
  label(quantity, `items[${index}].quantity`, "Quantity", `Quantity of line ${index + 1}, ${name},`);
  const input = quantity.querySelector("input");
  input.id = `quantity-${index}`;
  input.setAttribute("aria-label", `Quantity of ${name}`);
  row.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${name}`);
}

function label(field, path, short, full) {
  Object.assign(field.dataset, { field: path, short, label: full });
  field.querySelector(".field-error").id = `${path.replace(/\W+/g, "-")}-error`;
}

function showLine(row) {
  const { name, sku, unitPrice, currency } = row.item;
  const text = (value) => (value === undefined ? "–" : money(value, currency));
  fill(row, { name, sku, price: text(unitPrice), total: text(lineTotal(row.item)) });
}

const lineTotal = ({ unitPrice, quantity }) =>
  unitPrice === undefined ? undefined : unitPrice * (amount(quantity) ?? 0);

function showTotal(items) {
  const total = items.reduce((sum, item) => sum + (lineTotal(item) ?? 0), 0);
  const currency =
    items.find((item) => item.currency)?.currency ??
    document.querySelector('meta[name="order-desk:currency"]').content;
  byId("lines").hidden = items.length === 0;
  byId("lines-empty").hidden = items.length > 0;
  byId("line-count").textContent = count(items.length, "line");
  byId("running-total").textContent = money(total, currency);
}
