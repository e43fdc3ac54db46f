// The note on a customer as a line of warning: beside an order, and in the form once a known customer is chosen.
import { call } from "../lib/api.js";
import { fill } from "../lib/dom.js";

/**
 * Show in an element the note on the customer with this address. Without an address or a note, the element is empty. A note
 * appears late, and one that cannot be read stays away, because no work waits for it.
 */
export async function showNote(element, email = "") {
  if (email === (element.dataset.customer ?? "")) return;
  element.dataset.customer = email;
  fill(element, { "customer-note": "" });
  if (!email) return;
  const customer = await call("GET", `/customers/${encodeURIComponent(email)}`).catch(() => null);
  if (email === element.dataset.customer) fill(element, { "customer-note": customer?.note });
}
