// A new order that begins as a copy of another order or with a known customer.
import { call } from "../lib/api.js";
import { byId, fill, showFailure } from "../lib/dom.js";
import { orderNumber } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded } from "../shell/shell.js";
import { toPutRight } from "./agreed-total.js";
import { valuesOf } from "./typed.js";

/** Show which order is copied. Its number is known once the order is read. */
export function showOrigin(order) {
  fill(byId("origin"), { number: orderNumber(order) });
  byId("origin").querySelector("a").href = orderPage(order.orderID);
  byId("origin").hidden = false;
}

/**
 * Fill the form from another order: its customer unless that is erased, its charges, and its lines at the present prices. A rejected
 * order also gives its reference, its notes and the reasons for the rejection. `onFilled(order)` is called before the prices are looked up, and its promise awaited.
 */
export async function copyOrder(orderID, form, onFilled) {
  form.lock(true);
  try {
    const order = await call("GET", `/orders/${encodeURIComponent(orderID)}`);
    showOrigin(order);
    fillFrom(order, form);
    form.lock(false);
    const isReady = onFilled(order);
    const faults = await form.lineCheck.all();
    const reasons = await reasonsOf(order);
    await isReady;
    if (reasons.length || faults.length) form.showErrors([...faults, ...reasons], "What to put right");
  } catch (error) {
    if (sessionEnded(error)) return;
    form.lock(false);
    byId("origin-failed").hidden = false;
    showFailure(byId("origin-failed"), error, () => location.reload());
  }
}

/** Fill the form. Reference and notes are about one delivery, so they are copied only from a rejected order, which had none. */
function fillFrom(order, form) {
  const { anonymisedAt, status, reference, notes } = order;
  const customer = anonymisedAt ? {} : order.customer;
  const texts = status === "rejected" ? { reference, notes } : { reference: "", notes: "" };
  form.fill({ ...valuesOf(order), customer, ...texts });
  form.customers.showNote(customer.email);
}

/**
 * Return the reasons for a rejection but those of products, which are looked up, and of the agreed total, because the form shows
 * the present one. Lines and charges of an order that breaks the schema have other places in the form.
 */
async function reasonsOf(order) {
  const { rejectionReasons = [], submitted } = order;
  const reasons = toPutRight(rejectionReasons);
  if (submitted === undefined) return reasons.filter(({ path }) => !/^items\[\d+\]\.sku$/.test(path));
  const { reasonOf } = await loadModule(() => import("./reasons.js"));
  return reasons.map((reason) => {
    const { where, message } = reasonOf(order, reason);
    return /^(?:items|charges)\[/.test(reason.path) ? { path: "", message: `${where} ${message}` } : reason;
  });
}

/** Fill in a known customer's details, or only the e-mail if the details cannot be read. */
export async function fillCustomer(email, form, onFilled) {
  form.lock(true);
  const customer = await call("GET", `/customers/${encodeURIComponent(email)}`).catch(() => ({ email }));
  form.fill({ customer });
  form.customers.showNote(email);
  form.lock(false);
  onFilled();
  form.focus();
}
