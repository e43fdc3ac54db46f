// The rows of the list of products, with tick boxes that stay ticked from page to page.
import { breath } from "../lib/breath.js";
import { byId } from "../lib/dom.js";
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

const SCREENFUL = 12; // rows

/**
 * Show these products in place of those on screen. The rows below the screen follow in a task of their own, so that a phone
 * answers a press meanwhile, unless `signal` aborts before.
 */
export async function showRows(products, signal) {
  rows.show(products.slice(0, SCREENFUL), row);
  await breath();
  if (!signal.aborted) rows.add(products.slice(SCREENFUL), row);
}

// Cells are found by position, because finding slots by name takes most of the time in a long list.
function row({ sku, name, category, unit, unitPrice, currency, active, updatedAt }) {
  const element = byId("product-row").content.firstElementChild.cloneNode(true);
  const [select, product, group, state, sold, changed, price] = element.children;
  const [link, number] = product.children;
  select.querySelector("input").ariaLabel = `Select ${name}`;
  link.href = productPage(sku);
  link.textContent = name;
  number.textContent = sku;
  group.firstElementChild.textContent = category;
  Object.assign(state.firstElementChild, { textContent: active ? "" : "Not sold", hidden: active });
  sold.firstElementChild.textContent = unit;
  writeTime(changed.firstElementChild, updatedAt);
  price.textContent = money(unitPrice, currency);
  return element;
}
