// The lines of an order being written: add, change the quantity, remove, and their total.
import { byId, fill, stamp } from "./dom.js";
import { count, money } from "./format.js";

const rows = byId("line-rows");

/** Lines as {sku, quantity (as typed), name?, unitPrice?, currency?}; onChange after each change, onDone on Enter. */
export function orderLines({ onChange, onDone }) {
  const items = () => [...rows.children].map((row) => row.item);

  function add(item) {
    const row = stamp("line-row", { name: item.name ?? "", sku: item.sku });
    row.item = item;
    const quantity = row.querySelector("input");
    quantity.value = item.quantity;
    quantity.oninput = () => {
      item.quantity = quantity.value.trim();
      changed();
    };
    quantity.onkeydown = (event) => keys(event, quantity);
    row.querySelector("[data-remove]").onclick = () => remove(row);
    rows.append(row);
    changed();
    return quantity;
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
    const row = [...rows.children].find((candidate) => candidate.item.sku === product.sku);
    const { sku, name, unitPrice, currency } = product;
    const quantity = row?.querySelector("input") ?? add({ sku, name, unitPrice, currency, quantity: "1" });
    quantity.focus();
    quantity.select();
  }

  function changed() {
    number();
    showTotal(items());
    onChange();
  }

  return {
    items,
    pick,
    fill: (list) => {
      rows.replaceChildren();
      list.forEach(add);
      changed();
    },
  };
}

/** A typed quantity as a whole number, or undefined. */
export const amount = (text) => (/^\d+$/.test(text) ? Number(text) : undefined);

// Fields are found by their path in the order, and labelled for those who only hear them.
function number() {
  [...rows.children].forEach((row, index) => {
    const name = row.item.name ?? row.item.sku;
    const [product, quantity] = [row.querySelector("th"), row.querySelector("td[data-field]")];
    label(product, `items[${index}].sku`, "SKU", `SKU of line ${index + 1}`);
    label(quantity, `items[${index}].quantity`, "Quantity", `Quantity of line ${index + 1}, ${name},`);
    const input = quantity.querySelector("input");
    input.id = `quantity-${index}`;
    input.setAttribute("aria-label", `Quantity of ${name}`);
    row.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${name}`);
  });
}

function label(field, path, short, full) {
  Object.assign(field.dataset, { field: path, short, label: full });
  field.querySelector(".field-error").id = `${path.replace(/\W+/g, "-")}-error`;
}

function showTotal(items) {
  let total = 0;
  for (const row of rows.children) {
    const { unitPrice, currency, quantity } = row.item;
    const lineTotal = unitPrice === undefined ? undefined : unitPrice * (amount(quantity) ?? 0);
    total += lineTotal ?? 0;
    const text = (value) => (value === undefined ? "–" : money(value, currency));
    fill(row, { price: text(unitPrice), total: text(lineTotal) });
  }
  const currency =
    items.find((item) => item.currency)?.currency ?? document.querySelector('meta[name="order-desk:currency"]').content;
  byId("lines").hidden = items.length === 0;
  byId("lines-empty").hidden = items.length > 0;
  byId("line-count").textContent = count(items.length, "line");
  byId("running-total").textContent = money(total, currency);
}
