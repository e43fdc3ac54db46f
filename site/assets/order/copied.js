// A new order that begins with something known: a copy of another order, or a customer.
import { call } from "../lib/api.js";
import { byId, fill, showFailure } from "../lib/dom.js";
import { orderNumber } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { needed } from "../shell/connection.js";
import { sessionEnded } from "../shell/shell.js";

/** Shows which order is copied. */
export function showOrigin(orderID) {
  fill(byId("origin"), { number: orderNumber(orderID) });
  byId("origin").querySelector("a").href = orderPage(orderID);
  byId("origin").hidden = false;
}

/**
 * Fills the form from another order: its customer, and its lines at the present prices; from a rejected order also its
 * notes and reasons. `onFilled` is called before the prices are looked up.
 */
export async function copyOrder(orderID, form, onFilled) {
  form.lock(true);
  try {
    const order = await call("GET", `/orders/${encodeURIComponent(orderID)}`);
    fillFrom(order, form);
    form.lock(false);
    onFilled();
    const faults = await reprice(order.items, form);
    const { rejectionReasons: reasons = [] } = order;
    if (reasons.length || faults.length)
      form.showErrors(reasons.length ? reasons : faults, "What to put right");
  } catch (error) {
    if (sessionEnded(error)) return;
    form.lock(false);
    byId("origin-failed").hidden = false;
    showFailure(byId("origin-failed"), error, () => location.reload());
  }
}

/** Notes are about one delivery, so a copy takes them only from a rejected order, which was never delivered. */
function fillFrom({ customer, items, currency, notes, status }, form) {
  form.fill({
    customer,
    notes: status === "rejected" ? notes : "",
    items: items.map((item) => ({ ...item, currency })),
  });
}

/** Gives the copied lines the present prices. Resolves to the faults of lines that cannot be ordered any more. */
async function reprice(items, form) {
  const { lookUp } = await needed(() => import("./product-lookup.js"));
  const found = new Map();
  await lookUp(new Set(items.map(({ sku }) => sku)), (sku, outcome) => found.set(sku, outcome));
  form.reprice(new Map([...found].map(([sku, { product }]) => [sku, product])));
  return items.flatMap(({ sku }, index) => {
    const message = whyNot(found.get(sku));
    return message ? [{ path: `items[${index}].sku`, message }] : [];
  });
}

const whyNot = ({ unknown, product }) =>
  (unknown && "is not in the catalog") || (product?.active === false && "is no longer sold");

/** Fills in a known customer's details; when they cannot be read, the e-mail alone. */
export async function fillCustomer(email, form, onFilled) {
  form.lock(true);
  const customer = await call("GET", `/customers/${encodeURIComponent(email)}`).catch(() => ({ email }));
  form.fill({ customer });
  form.lock(false);
  onFilled();
  form.focus();
}
