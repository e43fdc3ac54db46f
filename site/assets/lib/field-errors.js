// @ts-check
// The messages at the fields of a form. form-errors.js adds a summary above the form.

/** @typedef {{path: string, message: string}} FieldError */

/**
 * Return the field of a path. Without such a field, return the field of the path before its last dot, or null.
 * @type {(form: HTMLElement, path: string) => HTMLElement | null}
 */
export const place = (form, path) =>
  form.querySelector(`[data-field="${CSS.escape(path)}"]`) ??
  (path.includes(".") ? place(form, path.replace(/\.[^.]*$/, "")) : null);
/** @type {(field: HTMLElement, name: string | undefined, message: string) => string} */
export const errorText = ({ dataset }, name, message) =>
  `${(message === "is required" && dataset.required) || name} ${message}`;
/** @type {(field: HTMLElement) => HTMLElement | null} */
export const control = (field) => field.querySelector("input, select, textarea, button");

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

/** @param {HTMLElement} form */
export function clearFields(form) {
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
export const messageOf = (field) => field.querySelector(".field-error");

/**
 * @param {HTMLElement} field
 * @param {string} message
 */
export function markField(field, message) {
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
}
