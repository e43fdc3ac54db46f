// @ts-check
// Reading a whole number, which may have marks between its thousands, such as 1,000.
import { once } from "./once.js";

/** Thousands that stand apart. The sign between them may be that of the reader's language, such as the comma in "1,000". */
const apart = once(() => {
  const parts = new Intl.NumberFormat(undefined, { useGrouping: true }).formatToParts(1_234_567);
  const sign = parts.find(({ type }) => type === "group")?.value ?? "";
  return new RegExp(`^[1-9]\\d{0,2}([\\s'’${sign}])\\d{3}(?:\\1\\d{3})*$`);
});

/**
 * Return a written quantity as a whole number, or undefined if it is none. Thousands may stand apart: "1 000", "1'000", and
 * "1,000" where the reader's language writes so. Elsewhere "1,000" could mean one.
 * @param {string} text
 */
export const wholeNumber = (text) =>
  /^\d+$/.test(text) || apart().test(text) ? Number(text.replace(/\D/g, "")) : undefined;
