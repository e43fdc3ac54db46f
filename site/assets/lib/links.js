// @ts-check
// The addresses of pages, and links to them, to mailboxes and to telephones.
import { orderNumber } from "./format.js";

/** @param {string} orderID */
export const orderPage = (orderID) => `/order.html?id=${encodeURIComponent(orderID)}`;
/** @param {string} email */
export const customerPage = (email) => `/customer.html?${new URLSearchParams({ email })}`;

/**
 * The page of a new order that begins as a copy of `from` (an orderID) or for a known `customer` (an e-mail).
 * @param {{from: string} | {customer: string}} start
 */
export const newOrderPage = (start) => `/new-order.html?${new URLSearchParams(start)}`;

/**
 * A link with text.
 * @param {string} href
 * @param {string} text
 */
export function link(href, text) {
  const element = document.createElement("a");
  element.href = href;
  element.textContent = text;
  return element;
}

/**
 * A link to an order, named by its number.
 * @param {string} orderID
 */
export const orderLink = (orderID) => link(orderPage(orderID), orderNumber(orderID));

/**
 * A link that writes to an e-mail address.
 * @param {string} email
 */
export const mailLink = (email) => link(`mailto:${email}`, email);

/**
 * A link that calls a phone number, or nothing without a number.
 * @param {string | undefined} phone
 */
export const phoneLink = (phone) => phone && link(`tel:${phone.replace(/[^+\d]/g, "")}`, phone);

/**
 * The link that a click follows in this tab, or null: a click with a modifier opens another tab or window.
 * @type {(event: MouseEvent) => (HTMLAnchorElement & {trail?: string[]}) | null}
 */
export function followedLink(event) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const target = /** @type {Element} */ (event.target);
  return plain ? target.closest("a[href]") : null;
}
