// The rows of the list of products, with tick boxes that stay ticked from page to page.
import { byId, stamp } from "../lib/dom.js";
import { money, writeTime } from "../lib/format.js";
import { TickRows } from "../lib/tick-rows.js";
import { productPage } from "./products.js";

const rows = new TickRows({
  body: byId("product-rows"),
  all: byId("all-on-page"),
  keyOf: ({ sku }) => sku,
});

/** The selected products by SKU. */
export const { chosen } = rows;
export const showSelection = () => rows.showChosen();

/** Show these products in place of those on screen. */
export const showRows = (products) => rows.show(products, row);

function row({ sku, name, category, unit, unitPrice, currency, active, updatedAt }) {
  const element = stamp("product-row", {
    name,
    sku,
    category,
    unit,
    price: money(unitPrice, currency),
    state: active ? "" : "Not sold",
  });
  element.querySelector("a").href = productPage(sku);
  writeTime(element.querySelector("time"), updatedAt);
  element.querySelector("input").ariaLabel = `Select ${name}`;
  return element;
}
