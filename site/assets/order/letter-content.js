// The content of a dead letter as values of the order form. Its parts may break every rule of the schema: not-taken.js has those
// that the form cannot show.
import { asTyped } from "../lib/amount.js";
import { kindInWords } from "../lib/charges.js";
import { CHARGE, CUSTOMER, LINE, isCharge, isLine, isObject, isText } from "./letter-parts.js";
import { leftOut } from "./not-taken.js";
import { reasonOf } from "./reasons.js";

const WITHOUT_FIELD = new Set(["orderID", "agreedTotal"]); // the page sets them
const UNKNOWN = "is not a field that is known here";

const listOf = (value) => (Array.isArray(value) ? value : []);

/** Return the parts of an order that the form can show, as values for it. */
export function valuesFrom(order, currency) {
  const customer = isObject(order.customer) ? order.customer : {};
  const known = CUSTOMER.filter((name) => isText(customer[name]));
  return {
    customer: Object.fromEntries(known.map((name) => [name, customer[name]])),
    reference: isText(order.reference) ? order.reference : "",
    notes: isText(order.notes) ? order.notes : "",
    items: listOf(order.items).filter(isLine).map(lineFrom),
    charges: listOf(order.charges)
      .filter(isCharge)
      .map((charge) => chargeFrom(charge, currency)),
  };
}

const lineFrom = ({ sku, quantity }) => ({ sku, quantity: LINE.quantity(quantity) ? String(quantity) : "" });

/** A kind that the form does not know stays as it came, so that a person sees and changes it. */
const chargeFrom = ({ kind = "", text, amount }, currency) => ({
  kind: isText(kind) ? kind : JSON.stringify(kind),
  text: CHARGE.text(text) ? text : "",
  amount: isText(amount) ? amount : Number.isInteger(amount) ? typedAmount(kind, amount, currency) : "",
});

/** A discount is typed without its sign. Any other amount below zero keeps it, because it is a fault. */
const typedAmount = (kind, amount, currency) =>
  `${amount < 0 && kind !== "discount" ? "-" : ""}${asTyped(Math.abs(amount), currency)}`;

/**
 * Return the faults of a letter for its form: [{path, message}]. Those of the order ID and the agreed total are left out, because
 * the page sets them, and those of parts that are not taken over. If the form lacks some lines or charges, the others have other
 * places than the faults say.
 */
export function faultsFor(letter) {
  const { order = {}, faults = [] } = letter;
  const isWhole = {
    items: listOf(order.items).every(isLine),
    charges: listOf(order.charges).every(isCharge),
  };
  const left = leftOut(letter).map(({ path }) => path);
  const isLeft = ({ path, message }) =>
    left.some((one) =>
      one.endsWith("]") ? `${path}.`.startsWith(`${one}.`) : path === one && message === UNKNOWN,
    );
  return faults
    .filter(({ path }) => !WITHOUT_FIELD.has(path))
    .filter((fault) => !isLeft(fault))
    .map(({ path, message }) => {
      const [, list] = /^(items|charges)\[/.exec(path) ?? [];
      const lacksPlace = path === "customer" || (list && !isWhole[list]);
      return lacksPlace ? { path: "", message: told({ path, message }) } : kindInWords({ path, message });
    });
}

/** The order is as it was submitted, so that a fault names a line by its place in the message. */
function told(fault) {
  const { where, message } = reasonOf({ submitted: true }, fault);
  return `${where} ${message}`;
}
