// The content of a dead letter as values of the order form. Its parts may break every rule of the schema: those that the form
// cannot show are left out.
import { typedCharges } from "./amounts.js";
import { reasonOf } from "./reasons.js";

const CUSTOMER = ["name", "email", "company", "phone", "address"];
const CHARGES = ["delivery", "discount", "other"];
const WITHOUT_FIELD = new Set(["orderID", "agreedTotal"]); // the page sets them

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value) => (Array.isArray(value) ? value : []);
const isText = (value) => typeof value === "string";
const isShort = (value) => isText(value) || Number.isFinite(value);

/** Return the parts of an order that the form can show, as values for it. */
export function valuesFrom(order, currency) {
  const customer = isObject(order.customer) ? order.customer : {};
  const known = CUSTOMER.filter((name) => isText(customer[name]));
  return {
    customer: Object.fromEntries(known.map((name) => [name, customer[name]])),
    notes: isText(order.notes) ? order.notes : "",
    items: listOf(order.items).filter(isLine).map(lineFrom),
    charges: typedCharges(listOf(order.charges).filter(isCharge).map(chargeFrom), currency),
  };
}

const isLine = (item) => isObject(item) && isText(item.sku);
const lineFrom = ({ sku, quantity }) => ({ sku, quantity: isShort(quantity) ? String(quantity) : "" });

const isCharge = (charge) => isObject(charge) && CHARGES.includes(charge.kind);
const chargeFrom = ({ kind, text, amount }) => ({
  kind,
  text: isText(text) ? text : "",
  amount: Number.isInteger(amount) ? amount : isText(amount) ? amount : "",
});

/**
 * Return the faults of a letter for its form: [{path, message}]. Those of the order ID and the agreed total are left out, because
 * the page sets them. If the form lacks some lines or charges, the others have other places than the faults say.
 */
export function faultsFor({ order = {}, faults = [] }) {
  const isWhole = {
    items: listOf(order.items).every(isLine),
    charges: listOf(order.charges).every(isCharge),
  };
  return faults
    .filter(({ path }) => !WITHOUT_FIELD.has(path))
    .map(({ path, message }) => {
      const [, list] = /^(items|charges)\[/.exec(path) ?? [];
      const lacksPlace = path === "customer" || (list && !isWhole[list]);
      return lacksPlace ? { path: "", message: told({ path, message }) } : { path, message };
    });
}

/** The order is as it was submitted, so that a fault names a line by its place in the message. */
function told(fault) {
  const { where, message } = reasonOf({ submitted: true }, fault);
  return `${where} ${message}`;
}
