// @ts-check
// The addresses of pages, and links to them.
import { orderNumber } from "./format.js";

/** @param {string} orderID */
export const orderPage = (orderID) => `/order.html?id=${encodeURIComponent(orderID)}`;
/** @param {string} email */
export const customerPage = (email) => `/customer.html?${new URLSearchParams({ email })}`;

/** @param {string} id */
export const deadLetterPage = (id) => `/dead-letter.html?${new URLSearchParams({ id })}`;

/**
 * Return the list of the orders of a connected shop.
 * @param {string} shop
 */
export const shopOrders = (shop) => `/orders.html?${new URLSearchParams({ shop })}`;

/**
 * Return the address of the page for a new order. The order begins as a copy of the order `from` (an orderID), with the
 * details of a known `customer` (an e-mail), as the person `parked` it (the orderID that it will have), or with the content of
 * a dead `letter` (its ID), in whose place it is sent.
 * @param {{from: string} | {customer: string} | {parked: string} | {letter: string}} start
 */
export const newOrderPage = (start) => `/new-order.html?${new URLSearchParams(start)}`;

/**
 * Return a link with this text.
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
 * Return a link to an order. Its text is the order's number.
 * @param {{orderID: string, number?: number}} order
 */
export const orderLink = (order) => link(orderPage(order.orderID), orderNumber(order));

/**
 * Return the link that a click follows in this tab, or null. A click with a modifier key opens another tab or window.
 * @type {(event: MouseEvent) => (HTMLAnchorElement & {trail?: string[]}) | null}
 */
export function followedLink(event) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const target = /** @type {Element} */ (event.target);
  return plain ? target.closest("a[href]") : null;
}

/**
 * Show in the head of a column how its list is sorted, and return the sort that its link leads to. `data-sort` names the column's
 * sort down and its sort up.
 * @type {(header: HTMLElement, sort: string) => string}
 */
export function showSorted(header, sort) {
  const [down, up] = (header.dataset.sort ?? "").split(" ");
  header.ariaSort = sort === down ? "descending" : sort === up ? "ascending" : null;
  return sort === down ? up : down;
}
