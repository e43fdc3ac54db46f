// @ts-check
// Reading a whole number, which may have marks between its thousands, such as 1,000.

/** The sign between thousands in the reader's language, such as the comma in "1,000". */
const GROUP = new Intl.NumberFormat(undefined, { useGrouping: true })
  .formatToParts(1_234_567)
  .find(({ type }) => type === "group")?.value;
const APART = new RegExp(`^[1-9]\\d{0,2}([\\s'’${GROUP ?? ""}])\\d{3}(?:\\1\\d{3})*$`);

/**
 * Return a written quantity as a whole number, or undefined if it is none. Thousands may stand apart: "1 000", "1'000", and
 * "1,000" where the reader's language writes so. Elsewhere "1,000" could mean one.
 * @param {string} text
 */
export const wholeNumber = (text) =>
  /^\d+$/.test(text) || APART.test(text) ? Number(text.replace(/\D/g, "")) : undefined;
