// The words for the entries in the history of an order.
import { statusName } from "../lib/format.js";
import { isStepBack } from "./status.js";

const EVENTS = {
  placed: "Placed",
  rejected: "Rejected",
  edited: "Edited",
  commented: "Commented",
  printed: "Slip printed",
  labelled: "Labels changed",
  settled: "Dealt with",
  unsettled: "Not dealt with",
  replaced: "Put right as a new order",
  replaces: "Replaces a rejected order",
  redriven: "Sent again from the dead letters",
  mended: "Mended and sent again",
  transferred: "Given to another customer",
  claimed: "Added by the customer to the account",
  mailed: "Mail sent again",
  anonymised: "Customer erased",
};

/** Return the words for an entry of the history: Packed, Back to placed, Edited. */
export function eventName({ event, from, to }) {
  if (event !== "moved") return EVENTS[event] ?? event;
  return isStepBack({ from, to }) ? `Back to ${to}` : statusName(to);
}
