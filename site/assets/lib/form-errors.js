// @ts-check
// The errors of a form: a summary above the form that links to the fields, and each message at its field.
import { byId } from "./dom.js";

/** @typedef {{path: string, message: string}} FieldError */

/**
 * Return the field of a path. Without such a field, return the field of the path before its last dot, or null.
 * @type {(form: HTMLElement, path: string) => HTMLElement | null}
 */
const place = (form, path) =>
  form.querySelector(`[data-field="${CSS.escape(path)}"]`) ??
  (path.includes(".") ? place(form, path.replace(/\.[^.]*$/, "")) : null);
/** @type {(field: HTMLElement, name: string | undefined, message: string) => string} */
const errorText = ({ dataset }, name, message) =>
  `${(message === "is required" && dataset.required) || name} ${message}`;
/** @type {(field: HTMLElement) => HTMLElement | null} */
const control = (field) => field.querySelector("input, textarea, button");

/**
 * Show errors at their fields, without a summary.
 * @param {HTMLElement} form
 * @param {FieldError[]} errors
 */
export function markErrors(form, errors) {
  clearFields(form);
  for (const { path, message } of errors) {
    const field = place(form, path);
    if (field) markField(field, message);
  }
}

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
  byId("error-summary").hidden = true;
  clearFields(form);
}

/** @param {HTMLElement} form */
function clearFields(form) {
  /** @type {NodeListOf<HTMLElement>} */
  const fields = form.querySelectorAll("[data-invalid]");
  for (const field of fields) clearField(field);
}

/** @param {HTMLElement} field */
function clearField(field) {
  delete field.dataset.invalid;
  messageOf(field).hidden = true;
  control(field)?.removeAttribute("aria-invalid");
}

/** @type {(field: HTMLElement) => any} */
const messageOf = (field) => field.querySelector(".field-error");

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
  link.textContent = errorText(field, field.dataset.label, message);
  link.href = `#${markField(field, message).id}`;
  link.onclick = (event) => {
    event.preventDefault();
    control(field)?.focus();
  };
  line.append(link);
  return line;
}

/**
 * @param {HTMLElement} field
 * @param {string} message
 */
function markField(field, message) {
  const text = messageOf(field);
  const input = control(field) ?? text;
  field.dataset.invalid = "";
  text.textContent = errorText(field, field.dataset.short ?? field.dataset.label, message);
  text.hidden = false;
  input.setAttribute("aria-invalid", "true");
  const described = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)).add(
    text.id,
  );
  input.setAttribute("aria-describedby", [...described].join(" "));
  field.addEventListener("input", () => clearField(field), { once: true });
  return input;
}
