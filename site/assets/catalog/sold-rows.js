// The rows of the cards that are folded together at first: the orders of a product, and the products beside it.
import { stamp } from "../lib/dom.js";
import { count, customerName, orderNumber, time } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { writeStatus } from "../order/status-cell.js";
import { productPage } from "./products.js";

export function soldRow(order) {
  const { orderID, createdAt, customer, quantity } = order;
  const values = { number: orderNumber(order), taken: time(createdAt), customer: customerName(customer) };
  const element = stamp("sold-row", { ...values, quantity: quantity.toLocaleString() });
  element.querySelector("a").href = orderPage(orderID);
  writeStatus(element.lastElementChild, order);
  return element;
}

export function besideRow({ sku, name, orders }) {
  const element = stamp("beside-row", { name, orders: `on ${count(orders, "order")}` });
  element.querySelector("a").href = productPage(sku);
  return element;
}
