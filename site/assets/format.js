// Money, dates and order numbers as the person's own browser writes them.
const formats = new Map();

/** Integer minor units (pence) and an ISO 4217 code, as text: money(1250, "GBP") is £12.50. */
export function money(minorUnits, currency) {
  if (!formats.has(currency)) formats.set(currency, new Intl.NumberFormat(undefined, { style: "currency", currency }));
  const format = formats.get(currency);
  return format.format(minorUnits / 10 ** format.resolvedOptions().maximumFractionDigits);
}

const clock = { hour: "2-digit", minute: "2-digit" };
const thisYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", ...clock });
const anyYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", ...clock });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** A <time> element in local time; the full date and the seconds stand in its title. */
export function time(iso) {
  const date = new Date(iso);
  const element = document.createElement("time");
  element.dateTime = iso;
  element.title = full.format(date);
  element.textContent = (date.getFullYear() === new Date().getFullYear() ? thisYear : anyYear).format(date);
  return element;
}

/** The first eight characters name an order on screen; the address holds the whole ID. */
export const orderNumber = (orderID) => orderID.slice(0, 8);

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
