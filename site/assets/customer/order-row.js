// A row of the table with the orders of one customer.
import { stamp } from "../lib/dom.js";
import { badge, orderNumber, orderTotal, time } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { SETTLED } from "../order/status.js";

export function orderRow(order) {
  const { orderID, createdAt, lineCount, total, currency, status, settledAt } = order;
  const element = stamp("bought-row", {
    number: code(orderNumber(order)),
    taken: time(createdAt),
    lines: lineCount.toLocaleString(),
    total: orderTotal({ status, total, currency }),
    status: badge(status),
    settled: settledAt && SETTLED,
  });
  element.querySelector("a").href = orderPage(orderID);
  return element;
}

function code(text) {
  const element = document.createElement("code");
  element.textContent = text;
  return element;
}
