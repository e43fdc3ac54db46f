// @ts-check
// Money, dates, order numbers, customers and statuses as the pages show them.
import { dateFormat, makeEach, once } from "./once.js";
import { line } from "./text.js";

/** @type {Map<string, {format: Intl.NumberFormat, digits: number}>} */
const formats = new Map();

/**
 * Return an amount as text: money(1250, "GBP") is £12.50.
 * @param {number} minorUnits integer, such as pence
 * @param {string} currency ISO 4217 code
 */
export function money(minorUnits, currency) {
  const { format, digits } = formatOf(currency);
  return format.format(minorUnits / 10 ** digits);
}

/**
 * Return an order's total as text. A rejected order gets a dash, because nobody will pay it.
 * @param {{status: string, total: number, currency: string}} order
 */
export const orderTotal = ({ status, total, currency }) =>
  status === "rejected" ? "–" : money(total, currency);

/** @type {(currency: string) => number} Return the number of digits after the point: 2 for GBP, 0 for JPY. */
export const fractionDigits = (currency) => formatOf(currency).digits;

/** @param {string} currency */
function formatOf(currency) {
  const known = formats.get(currency);
  if (known) return known;
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  const made = { format, digits: format.resolvedOptions().maximumFractionDigits ?? 0 };
  formats.set(currency, made);
  return made;
}

/** @type {Intl.DateTimeFormatOptions} */
const dayAndTime = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const thisYear = dateFormat(dayAndTime);
const anyYear = dateFormat({ year: "numeric", ...dayAndTime });
const full = dateFormat({ dateStyle: "full", timeStyle: "medium" });

/**
 * Return a <time> element in local time. Its title contains the full date and the seconds.
 * @param {string} iso
 */
export const time = (iso) => writeTime(document.createElement("time"), iso);

/**
 * Write another time into a <time> element.
 * @param {HTMLTimeElement} element
 * @param {string} iso
 */
export function writeTime(element, iso) {
  const date = new Date(iso);
  element.dateTime = iso;
  element.title = full().format(date);
  const shown = date.getFullYear() === new Date().getFullYear() ? thisYear() : anyYear();
  element.textContent = shown.format(date);
  return element;
}

/**
 * Return the number of an order as people say it, such as "#1042". An order of an earlier release has none, and is named by
 * the first eight characters of its ID.
 * @param {{orderID: string, number?: number}} order
 */
export const orderNumber = ({ orderID, number }) => (number ? `#${number}` : orderID.slice(0, 8));

const wholes = once(() => new Intl.NumberFormat());

/** @type {(number: number) => string} Return a whole number with separators, such as 12,500. */
export const whole = (number) => wholes().format(number);

/** Make the formats of numbers and times, for use while the page waits for the server. */
export const prepareFormats = () => makeEach([wholes, thisYear, full]);

// A number with its noun: count(1, "order") is "1 order", count(2500, "order") is "2,500 orders".
/** @type {(number: number, one: string, many?: string) => string} */
export const count = (number, one, many = `${one}s`) => `${whole(number)} ${number === 1 ? one : many}`;

// Hebrew, Arabic and the other scripts that are written from right to left.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Return a text that somebody wrote, for use in a sentence. If it is written from right to left, Unicode's isolates around
 * it keep the words beside it in their order. An element of its own needs none, because base.css isolates it.
 * @param {string} text
 */
export const isolated = (text) => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);

/** @param {string} status */
export const statusName = (status) => status[0].toUpperCase() + status.slice(1);

/**
 * Return an element that shows a status as its mark and its name.
 * @param {string} status
 */
export const badge = (status) => writeBadge(document.createElement("span"), status);

/**
 * Write another status into a badge.
 * @param {HTMLElement} element
 * @param {string} status
 */
export function writeBadge(element, status) {
  element.className = "status";
  element.dataset.status = status;
  element.textContent = statusName(status);
  return element;
}

/**
 * Return the first text of a customer in which something is visible: the company, the name or the e-mail. Orders of earlier
 * releases may have an empty company, or a name of a zero-width space.
 * @param {{company?: string, name?: string, email?: string}} customer
 */
export const customerName = ({ company = "", name = "", email = "" }) => line(company) || line(name) || email;
