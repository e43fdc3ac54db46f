// The rows of the list of products, with tick boxes that stay ticked from page to page.
import { byId, stamp } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { productPage } from "./products.js";

/** The selected products by SKU, on this page of the list and on others. */
export const chosen = new Map();

const body = byId("product-rows");
const all = byId("all-on-page");

/** Show these products in place of those on screen. The products that were selected before are selected as they are now. */
export function showRows(products) {
  for (const product of products) if (chosen.has(product.sku)) chosen.set(product.sku, product);
  body.replaceChildren(...products.map(row));
  all.disabled = !products.length;
  showSelection();
}

function row(product) {
  const { sku, name, category, unit, unitPrice, currency, active } = product;
  const element = stamp("product-row", {
    name,
    sku,
    category,
    unit,
    price: money(unitPrice, currency),
    state: active ? "" : "Not sold",
  });
  element.product = product;
  element.querySelector("a").href = productPage(sku);
  element.querySelector("input").ariaLabel = `Select ${name}`;
  return element;
}

const inOrder = () => [...body.children].filter((one) => one.product);
const boxOf = (one) => one.querySelector("input");

let anchor; // where a range with Shift begins

/** Handle a click on a tick box, which made it `checked`. */
function picked(box, checked, shiftKey) {
  const order = inOrder();
  const own = box.closest("tr");
  const [first, last] = [order.indexOf(anchor), order.indexOf(own)].toSorted((a, b) => a - b);
  const range = shiftKey && first >= 0 ? order.slice(first, last + 1) : [own];
  for (const { product } of box === all ? order : range)
    if (checked) chosen.set(product.sku, product);
    else chosen.delete(product.sku);
  if (box !== all) anchor = own;
  showSelection();
}

/** Tick the boxes of the selected products, and tell the bar below the list. */
export function showSelection() {
  const order = inOrder();
  for (const one of order) boxOf(one).checked = chosen.has(one.product.sku);
  const ticked = order.filter((one) => chosen.has(one.product.sku)).length;
  all.checked = ticked > 0 && ticked === order.length;
  all.indeterminate = ticked > 0 && !all.checked;
  body.dispatchEvent(new CustomEvent("selection", { bubbles: true, detail: { ticked } }));
}

body.closest("table").addEventListener("click", ({ target, shiftKey }) => {
  if (target.type === "checkbox") picked(target, target.checked, shiftKey);
});
