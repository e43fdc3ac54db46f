// The call that replaces the note on a customer.
import { call } from "../lib/api.js";

const MAX_TRIES = 5; // each meets another change of an order of the customer

/**
 * Replace the note on a customer, who is as the API returned it. A change of an order meanwhile is no conflict, but another
 * note is: the promise is then rejected, and `current` of the error is the customer with that note. Resolve to the customer.
 */
export async function writeNote(customer, note, tries = MAX_TRIES) {
  const path = `/customers/${encodeURIComponent(customer.email)}`;
  try {
    return await call("PATCH", path, { body: { note }, version: customer.version });
  } catch (error) {
    const { current } = error;
    if (current && textOf(current) === note) return current; // an earlier try was stored, and its answer lost
    if (!current || tries <= 1 || textOf(current) !== textOf(customer)) throw error;
    return writeNote(current, note, tries - 1);
  }
}

const textOf = ({ note }) => note ?? "";
