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
export const refusalOf = ({ status, message }) =>
  status === 404 ? "Nothing is kept under this address." : message;

const joined = (parts) => parts.filter(Boolean).join(", ");
