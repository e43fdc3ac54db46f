// @ts-check
// The errors of a form: a summary above the form that links to the fields, and each message at its field (field-errors.js).
import { byId } from "./dom.js";
import { clearFields, control, errorText, markField, messageOf, place } from "./field-errors.js";

/** @typedef {import("./field-errors.js").FieldError} FieldError */
/** @typedef {{line: HTMLElement, link: HTMLAnchorElement, field: HTMLElement, message: string}} Listed */
/** @type {Listed[]} */
let listed = []; // the lines of the summary that are about a field

/**
 * Show errors at their fields and in the summary, and move the focus to the summary.
 * @param {HTMLElement} form
 * @param {FieldError[]} errors
 */
export function showErrors(form, errors, title = "There is a problem") {
  clearErrors(form);
  byId("error-summary-title").textContent = title;
  byId("error-list").replaceChildren(...errors.map((error) => summaryLine(form, error)));
  byId("error-summary").hidden = false;
  byId("error-summary").focus();
}

/** @param {HTMLElement} form */
export function clearErrors(form) {
  listed = [];
  byId("error-summary").hidden = true;
  clearFields(form);
}

/** Keep the summary true after fields were removed, hidden or numbered anew. It comes back with a field that does. */
export function keepSummaryTrue() {
  if (!listed.length) return;
  for (const one of listed) {
    writeLink(one);
    one.line.hidden = !one.field.isConnected || one.field.closest("[hidden]") !== null;
  }
  const lines = /** @type {HTMLElement[]} */ ([...byId("error-list").children]);
  byId("error-summary").hidden = lines.every(({ hidden }) => hidden);
}

/** @param {Listed} listed */
function writeLink({ link, field, message }) {
  link.textContent = errorText(field, field.dataset.label, message);
  link.href = `#${(control(field) ?? messageOf(field)).id}`;
}

/**
 * @param {HTMLElement} form
 * @param {FieldError} error
 */
function summaryLine(form, { path, message }) {
  const field = place(form, path);
  const line = document.createElement("li");
  if (!field) {
    line.textContent = path ? `${path} ${message}` : message;
    return line;
  }
  const link = document.createElement("a");
  markField(field, message);
  link.onclick = (event) => {
    event.preventDefault();
    (control(field) ?? field.closest("tr")?.querySelector("input"))?.focus(); // of a line without a product, its quantity
  };
  line.append(link);
  const one = { line, link, field, message };
  listed.push(one);
  writeLink(one);
  return line;
}
