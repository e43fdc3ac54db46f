// An order on its page.
import { byId, fill, stamp } from "../../../assets/lib/dom.js";
import { money, orderNumber, time } from "../../../assets/lib/format.js";
import { meaningOf, reasonText, statusWord } from "./words.js";

const DAY = { day: "numeric", month: "long", year: "numeric" };

/** Fill the page of an order. */
export function showOrder(page, order) {
  const { status, collection, currency, customer, rejectionReasons = [] } = order;
  const badge = page.querySelector(".status");
  if (badge.dataset.status && badge.dataset.status !== status)
    byId("announcement").textContent = statusWord(status, collection);
  badge.dataset.status = status;
  badge.textContent = statusWord(status, collection);
  fill(page, {
    number: `Order ${orderNumber(order)}`,
    meaning: meaningOf(status, collection),
    reasons: rejectionReasons.map((reason) => item(reasonText(reason, order.items))),
    where: collection ? "You collect it" : [customer.company, customer.address].filter(Boolean).join("\n"),
    who: [customer.name, customer.email, customer.phone].filter(Boolean).join("\n"),
    ordered: new Date(order.createdAt).toLocaleDateString("en-GB", DAY),
    reference: order.reference,
    notes: order.notes,
    total: status === "rejected" ? "" : money(order.total, currency),
  });
  byId("steps").replaceChildren(...(order.steps ?? []).toReversed().map((step) => stepRow(step, collection)));
  byId("items").replaceChildren(
    ...order.items.map((line) => lineOfOrder(line, currency)),
    ...(order.charges ?? []).map((charge) => chargeRow(charge, currency)),
  );
}

const item = (text) => Object.assign(document.createElement("li"), { textContent: text });

const stepRow = ({ at, status }, isCollected) =>
  stamp("step", { status: statusWord(status, isCollected), at: time(at) });

function lineOfOrder({ sku, quantity, name, unit, unitPrice, lineTotal }, currency) {
  const each = unitPrice === undefined || quantity === 1 ? "" : `${money(unitPrice, currency)} each`;
  const row = stamp("order-line", {
    quantity: `${quantity.toLocaleString("en-GB")} ×`,
    name: name ?? sku,
    unit: [unit, sku, each].filter(Boolean).join(", "),
    total: lineTotal === undefined ? "" : money(lineTotal, currency),
  });
  row.querySelector("a").href = `/p/${sku}`;
  return row;
}

const CHARGES = { delivery: "Delivery", discount: "Discount", other: "Other" };

function chargeRow({ kind, text, amount }, currency) {
  const row = stamp("order-line", {
    quantity: "",
    name: text || CHARGES[kind],
    unit: "",
    total: money(amount, currency),
  });
  row.querySelector("a").removeAttribute("href");
  return row;
}
