// The format of exported files, which depends on the person's spreadsheet: chosen once and kept in this browser.
import { announce, byId } from "../lib/dom.js";
import { FORMATS } from "./csv.js";

const KEY = "order-desk:export-format";

/** Return the separator and the decimal mark of the next exported file. */
export const exportFormat = () => FORMATS[chosen()];

function chosen() {
  const kept = localStorage.getItem(KEY);
  return Object.hasOwn(FORMATS, kept) ? kept : usualFormat(navigator.language);
}

/**
 * Return the name of the format that Excel reads in a locale. Where a comma is the decimal mark, Excel separates cells by
 * semicolons. It does so in Switzerland and Liechtenstein, too.
 */
export function usualFormat(locale) {
  const parts = new Intl.NumberFormat(locale).formatToParts(0.5);
  if (parts.some(({ type, value }) => type === "decimal" && value !== ".")) return "semicolon";
  return /^(CH|LI)$/.test(new Intl.Locale(locale).maximize().region) ? "semicolon-point" : "comma";
}

/** Ask for the format of exported files. */
export function ask() {
  const form = byId("export-format-form");
  form.elements.format.value = chosen();
  form.onsubmit = () => {
    localStorage.setItem(KEY, form.elements.format.value);
    announce("The format is kept for the next exports.");
  };
  byId("export-format-cancel").onclick = () => byId("export-format-dialog").close();
  byId("export-format-dialog").showModal();
}
