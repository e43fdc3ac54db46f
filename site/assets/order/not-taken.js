// The parts of a dead letter for which the order form has no place. They are shown before the order is sent without them.
import { byId, fill, stamp } from "../lib/dom.js";
import { folded } from "../lib/folded.js";
import { CHARGE, CUSTOMER, LINE, isCharge, isLine, isObject, isText } from "./letter-parts.js";

const MAX_TEXT = 300; // characters; the message as it came has the whole text

/** Show what the form lacks of a letter. */
export function showNotTaken(letter) {
  const parts = notTaken(letter);
  fill(
    byId("not-taken"),
    folded("parts", parts, (part) => stamp("not-taken-part", part)),
  );
  byId("not-taken").hidden = !parts.length;
}

/** Return the parts that are not taken over, as people read them: [{name, text}]. */
export const notTaken = (letter) =>
  leftOut(letter).map(({ name, value }) => ({
    name,
    text: cut(isText(value) ? value : JSON.stringify(value)),
  }));

const cut = (text) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} …` : text);

/** Return the parts of a letter's order that the form cannot show: [{path, name, value}]. */
export function leftOut({ order = {}, orderID }) {
  const { customer, items, charges, reference, notes, agreedTotal, ...others } = order;
  if (others.orderID === orderID) delete others.orderID; // else it cannot be used, and the order gets another one
  return [
    ...fields(others, "", (name) => (name === "orderID" ? "Order ID" : name)),
    ...ofCustomer(customer),
    ...ofList("items", "Line", items, isLine, LINE),
    ...ofList("charges", "Charge", charges, isCharge, CHARGE),
    ...ofText("reference", "Reference", reference),
    ...ofText("notes", "Notes", notes),
    ...(agreedTotal === undefined || (Number.isInteger(agreedTotal) && agreedTotal >= 0)
      ? []
      : [{ path: "agreedTotal", name: "Agreed total", value: agreedTotal }]),
  ];
}

const ofText = (path, name, value) => (value === undefined || isText(value) ? [] : [{ path, name, value }]);

function ofCustomer(customer) {
  if (customer === undefined) return [];
  if (!isObject(customer)) return [{ path: "customer", name: "Customer", value: customer }];
  const shown = CUSTOMER.filter((name) => isText(customer[name]));
  return fields(without(customer, shown), "customer.", (name) => `Customer: ${name}`);
}

function ofList(path, word, list, fits, shown) {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return [{ path, name: `${word}s`, value: list }];
  return list.flatMap((entry, index) => {
    const own = { path: `${path}[${index}]`, name: `${word} ${index + 1}` };
    if (!fits(entry)) return [{ ...own, value: entry }];
    const taken = Object.keys(shown).filter((name) => shown[name](entry[name]));
    return fields(without(entry, taken), `${own.path}.`, (name) => `${own.name}: ${name}`);
  });
}

const fields = (values, path, nameOf) =>
  Object.entries(values).map(([name, value]) => ({ path: `${path}${name}`, name: nameOf(name), value }));

const without = (values, names) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
