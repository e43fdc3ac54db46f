// The words about what is kept of a person, and about what an erasure does.
import { count } from "../lib/format.js";

/** Return what an erasure would do as sentences, for a list. */
export const planOf = ({ anonymised, erased, deadLetters, parkedOrders }) =>
  [
    anonymised &&
      `${count(anonymised, "shipped or delivered order")}: kept for the books, without the person, notes, comments and labels`,
    erased && `${count(erased, "rejected or cancelled order")}: erased`,
    deadLetters && `${count(deadLetters, "dead letter")}: the content is erased`,
    parkedOrders &&
      `${count(parkedOrders, "parked order")}: deleted, whoever parked ${parkedOrders === 1 ? "it" : "them"}`,
  ].filter(Boolean);

/** Return what an erasure did in one sentence. */
export const outcomeOf = ({ anonymised, erased, deadLetters, parkedOrders }) =>
  joined([
    anonymised && `${count(anonymised, "order")} kept without the person`,
    erased && `${count(erased, "order")} erased`,
    deadLetters && `${count(deadLetters, "dead letter")} emptied`,
    parkedOrders && `${count(parkedOrders, "parked order")} deleted`,
  ]) || "Nothing was left to erase";

/** Return what was read of a person in one sentence. */
export const readOf = ({ orders, deadLetters, parkedOrders }) =>
  joined([
    count(orders.length, "order"),
    deadLetters.length && count(deadLetters.length, "dead letter"),
    parkedOrders.length && count(parkedOrders.length, "parked order"),
  ]);

/** Return why nothing of a person could be read or erased, in a sentence. */
export function refusalOf({ status, message, fields = [] }) {
  if (status === 404) return "Nothing is kept under this address.";
  if (status !== 409 || !fields.length) return message;
  return fields[0].path.startsWith("orders-") ? OF_ANOTHER : OWED;
}

const OWED = "The shop still owes goods. Ship or cancel these orders first:";
const OF_ANOTHER =
  "An order of another customer came under the number of an order of this person, and waits in the dead letters:";

const joined = (parts) => parts.filter(Boolean).join(", ");
