// @ts-check
// Days of the person's time zone. A day is named by its date, such as 2026-01-31. A time zone may skip midnight, repeat the
// hour before or after it, or skip a whole date, so nothing else may calculate where a day begins or ends.
const DAY_MS = 86_400_000; // in UTC, whose days all have 24 hours

/** @type {(utc: number) => string} */
const dateInUTC = (utc) => new Date(utc).toISOString().slice(0, 10);

/**
 * Return the date of a moment.
 * @param {Date} moment
 */
export const dateOf = (moment) =>
  dateInUTC(Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()));

/**
 * Return the date a number of days after another date, or before it if the number is negative.
 * @param {string} date
 * @param {number} days
 */
export const addDays = (date, days) => dateInUTC(Date.parse(`${date}T00:00Z`) + days * DAY_MS);

/**
 * Whether a text is a date of the calendar, with a year of four digits.
 * @param {string} text
 */
export function isDate(text) {
  const utc = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00Z`) : NaN;
  return !Number.isNaN(utc) && dateInUTC(utc) === text; // some browsers read 2026-02-31 as 2026-03-03
}

/**
 * Return the first moment of a day, and the first moment of the next day. Both are equal for a date that the time zone
 * skips. A skipped midnight becomes the first moment after it (ECMAScript, "UTC(t)").
 * @param {string} date
 */
export function dayRange(date) {
  return { from: new Date(`${date}T00:00`), until: new Date(`${addDays(date, 1)}T00:00`) };
}

/**
 * Return the minute of a moment, as text in UTC: 2026-01-31T09:30Z.
 * @param {Date} moment
 */
export const minuteOf = (moment) => `${moment.toISOString().slice(0, 16)}Z`;

/**
 * Whether a text is a minute such as minuteOf returns.
 * @param {string | null} text
 */
export const isMinute = (text) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(text ?? "") && !Number.isNaN(Date.parse(text ?? ""));
