// The form of exported files and their content, which a person chooses once and which this browser keeps.
import { announce, byId } from "../lib/dom.js";
import { namesOf, rowsOf } from "./columns.js";
import { csv } from "./csv.js";
import { xlsx } from "./xlsx.js";

const KEY = "order-desk:export-format";
const CONTENT_KEY = "order-desk:export-content";
const CONTENTS = ["orders", "lines"];
// Excel's separator and decimal mark in a CSV file depend on the language and the country of the computer.
const FORMATS = {
  xlsx,
  comma: csv(",", "."),
  semicolon: csv(";", ","),
  "semicolon-point": csv(";", "."),
};

/**
 * Return the form of the next exported file: its `extension`, `linesOf(order)`, and `whole(lines)`, a Blob. If `needsLines`, the
 * orders must have their lines.
 */
export const exportFormat = () => formOf(chosen(), content());

/** Return the form of a file of "orders" or "lines" in one of the formats. */
export function formOf(name, of) {
  const { extension, line, file } = FORMATS[name];
  return {
    extension,
    needsLines: of === "lines",
    linesOf: (order) => rowsOf(of, order).map(line),
    whole: (lines) => file(namesOf(of), lines),
  };
}

function chosen() {
  const kept = localStorage.getItem(KEY);
  return Object.hasOwn(FORMATS, kept) ? kept : usualFormat(navigator.language);
}

function content() {
  const kept = localStorage.getItem(CONTENT_KEY);
  return CONTENTS.includes(kept) ? kept : CONTENTS[0];
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

/** Ask for the form and the content of exported files. */
export function ask() {
  const { elements } = byId("export-format-form");
  elements.format.value = chosen();
  elements.content.value = content();
  byId("export-format-form").onsubmit = () => {
    localStorage.setItem(KEY, elements.format.value);
    localStorage.setItem(CONTENT_KEY, elements.content.value);
    announce("The format is kept for the next exports.");
  };
  byId("export-format-cancel").onclick = () => byId("export-format-dialog").close();
  byId("export-format-dialog").showModal();
}
