// The words for orders, revenue, hours and comparisons, on the pages Today and Sales.
import { fractionDigits, money } from "../lib/format.js";
import { dateFormat } from "../lib/once.js";

/** Return a function that writes a date with options of Intl.DateTimeFormat. */
export function written(options) {
  const format = dateFormat(options);
  return (date) => format().format(date);
}
const hourInUTC = written({ hour: "numeric", timeZone: "UTC" }); // where every day has every hour
export const hourName = (hour) => hourInUTC(Date.UTC(2000, 0, 1, hour));
export const clock = written({ hour: "2-digit", minute: "2-digit" });

const whole = (value) => value.toLocaleString();
export const ofOrders = {
  title: "Orders",
  many: "many",
  fewer: "fewer",
  format: whole,
  axis: whole,
  least: 4,
};

export function ofRevenue(currency) {
  const unit = 10 ** fractionDigits(currency);
  const digits = { notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 };
  const rounded = new Intl.NumberFormat(undefined, { style: "currency", currency, ...digits });
  const axis = (value) => rounded.format(value / unit);
  const format = (value) => money(value, currency);
  return { title: "Revenue", many: "much", fewer: "less", format, axis, least: 100 * unit };
}

/** Return the words that compare a figure so far with an earlier figure `before`. `by` names that figure's time. */
export function compared({ soFar, before, by, many, fewer, format }) {
  if (!before) return soFar ? `None ${by}` : `None ${by} either`;
  if (soFar === before) return `As ${many} as ${by}`;
  const difference = `${format(Math.abs(soFar - before))} ${soFar > before ? "more" : fewer}`;
  return `${difference} than ${by} (${format(before)})`;
}
