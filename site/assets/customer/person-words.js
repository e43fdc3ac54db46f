// The words about what is kept of a person, and about what an erasure does.
import { count, whole } from "../lib/format.js";

/** Return what an erasure would do as sentences, for a list. */
export const planOf = ({ anonymised, erased, deadLetters, parkedOrders, accounts }) =>
  [
    anonymised &&
      `${count(anonymised, "shipped or delivered order")}: kept for the books, without the person, notes, comments and labels`,
    erased && `${count(erased, "rejected or cancelled order")}: erased`,
    deadLetters && `${count(deadLetters, "dead letter")}: the content is erased`,
    parkedOrders &&
      `${count(parkedOrders, "parked order")}: deleted, whoever parked ${parkedOrders === 1 ? "it" : "them"}`,
    accounts && `${count(accounts, "account")} of the storefront: deleted, with cart and addresses`,
  ].filter(Boolean);

/** Return what the box about orders that did not arrive says. */
export const discardWords = (number) =>
  `Discard the ${number === 1 ? "order" : `${whole(number)} orders`} that did not arrive, too`;

/** Return the words for further dead letters, or an empty text. */
export const moreWords = (number) => (number > 0 ? `${whole(number)} more, among all dead letters` : "");

/** Return what an erasure did in one sentence. */
export const outcomeOf = ({ anonymised, erased, deadLetters, parkedOrders, accounts }) =>
  joined([
    anonymised && `${count(anonymised, "order")} kept without the person`,
    erased && `${count(erased, "order")} erased`,
    deadLetters && `${count(deadLetters, "dead letter")} emptied`,
    parkedOrders && `${count(parkedOrders, "parked order")} deleted`,
    accounts && `${count(accounts, "account")} deleted`,
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
  if (fields[0].path === "discardDeadLetters") return UNDELIVERED;
  return fields[0].path.startsWith("orders-") ? OF_ANOTHER : OWED;
}

const UNDELIVERED =
  "Orders of this person came into the dead letters meanwhile. Look at them, or begin again to discard them:";

const OWED = "The shop still owes goods. Ship or cancel these orders first:";
const OF_ANOTHER =
  "An order of another customer came under the number of an order of this person, and waits in the dead letters:";

const joined = (parts) => parts.filter(Boolean).join(", ");
