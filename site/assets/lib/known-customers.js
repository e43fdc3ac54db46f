// @ts-check
// Customers who ordered before, as suggestions of a combobox.
import { call, unsearchable } from "./api.js";
import { stamp } from "./dom.js";
import { count } from "./format.js";

const MAX_CUSTOMERS = 6; // customers that are offered at a time
const MAX_CUSTOMER_PAGES = 3; // a page may be empty although more come after it
const MAX_QUERY = 100; // characters

/** @typedef {{name: string, email: string, company?: string, orders: number}} Customer */

/** @type {(customer: Customer) => HTMLElement} */
const option = ({ name, email, company, orders }) =>
  stamp("customer-option", { name, company, email, orders: count(orders, "order") });
/** @type {(customer: Customer) => string} */
const keyOf = ({ email }) => email;

/** Options of a combobox that offers customers by name, company or e-mail, and accepts any other text. */
export const knownCustomers = { find, option, keyOf, free: true, shortest: 2 };

/**
 * Resolve to the customers whose name, company or e-mail begins with the typed words.
 * @param {string} text
 * @param {AbortSignal} signal
 */
async function find(text, signal) {
  const q = text.slice(0, MAX_QUERY);
  if (unsearchable(q)) return { items: [] };
  let items = [];
  let cursor;
  for (let page = 0; page < MAX_CUSTOMER_PAGES && !items.length && cursor !== null; page++) {
    const query = new URLSearchParams({ q, limit: String(MAX_CUSTOMERS), ...(cursor && { cursor }) });
    ({ customers: items, nextCursor: cursor } = await call("GET", `/customers?${query}`, { signal }));
  }
  const note = `${count(items.length, "known customer")}: choose with the arrow keys`;
  return { items, note: items.length ? note : "" };
}
