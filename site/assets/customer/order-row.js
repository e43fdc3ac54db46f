// A row of the table with the orders of one customer.
import { stamp } from "../lib/dom.js";
import { orderNumber, orderTotal, time } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { chipsOf } from "../order/label-chips.js";
import { writeStatus } from "../order/status-cell.js";

export function orderRow(order) {
  const { orderID, createdAt, lineCount, total, currency, status } = order;
  const element = stamp("bought-row", {
    number: code(orderNumber(order)),
    taken: time(createdAt),
    labels: chipsOf(order),
    lines: lineCount.toLocaleString(),
    total: orderTotal({ status, total, currency }),
  });
  element.querySelector("a").href = orderPage(orderID);
  writeStatus(element.lastElementChild, order);
  return element;
}

function code(text) {
  const element = document.createElement("code");
  element.textContent = text;
  return element;
}
