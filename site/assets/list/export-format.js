// The form of exported files of orders: their format, and a row for each order or line. This browser keeps the choice of both.
import { announce, byId } from "../lib/dom.js";
import { namesOf, rowsOf } from "./columns.js";
import { chosenFormat, FORMATS, keepFormat } from "./file-format.js";

const CONTENT_KEY = "order-desk:export-content";
const CONTENTS = ["orders", "lines"];

/**
 * Return the form of the next exported file: its `extension`, `linesOf(order)`, and `whole(lines)`, a Blob. If `needsLines`, the
 * orders must have their lines.
 */
export const exportFormat = () => formOf(chosenFormat(), content());

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

function content() {
  const kept = localStorage.getItem(CONTENT_KEY);
  return CONTENTS.includes(kept) ? kept : CONTENTS[0];
}

/** Ask for the form and the content of exported files. */
export function ask() {
  const { elements } = byId("export-format-form");
  elements.format.value = chosenFormat();
  elements.content.value = content();
  byId("export-format-form").onsubmit = () => {
    keepFormat(elements.format.value);
    localStorage.setItem(CONTENT_KEY, elements.content.value);
    announce("The format is kept for the next exports.");
  };
  byId("export-format-cancel").onclick = () => byId("export-format-dialog").close();
  byId("export-format-dialog").showModal();
}
