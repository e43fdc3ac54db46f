// Money, dates, order numbers and statuses as they are written on screen.
const formats = new Map();

/** Integer minor units (pence) and an ISO 4217 code, as text: money(1250, "GBP") is £12.50. */
export function money(minorUnits, currency) {
  const { format, digits } = formatOf(currency);
  return format.format(minorUnits / 10 ** digits);
}

/** How many digits a currency has behind the point: 2 for GBP, none for JPY. */
export const fractionDigits = (currency) => formatOf(currency).digits;

function formatOf(currency) {
  if (!formats.has(currency)) {
    const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
    formats.set(currency, { format, digits: format.resolvedOptions().maximumFractionDigits });
  }
  return formats.get(currency);
}

const clock = { hour: "2-digit", minute: "2-digit" };
const thisYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", ...clock });
const anyYear = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
  ...clock,
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** A <time> element in local time; the full date and the seconds stand in its title. */
export const time = (iso) => writeTime(document.createElement("time"), iso);

/** Writes another time into a <time> element. */
export function writeTime(element, iso) {
  const date = new Date(iso);
  element.dateTime = iso;
  element.title = full.format(date);
  element.textContent = (date.getFullYear() === new Date().getFullYear() ? thisYear : anyYear).format(date);
  return element;
}

/** The first eight characters name an order on screen; the address holds the whole ID. */
export const orderNumber = (orderID) => orderID.slice(0, 8);

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

export const statusName = (status) => status[0].toUpperCase() + status.slice(1);

/** The status as text beside its mark. */
export const badge = (status) => writeBadge(document.createElement("span"), status);

/** Writes another status into a badge. */
export function writeBadge(element, status) {
  element.className = "status";
  element.dataset.status = status;
  element.textContent = statusName(status);
  return element;
}
