// What is wrong with a form: a summary on top that links to the fields, and each message at its field.
import { byId } from "./dom.js";

const place = (form, path) =>
  form.querySelector(`[data-field="${CSS.escape(path)}"]`) ??
  (path.includes(".") ? place(form, path.replace(/\.[^.]*$/, "")) : null);
const said = ({ dataset }, name, message) =>
  `${(message === "is required" && dataset.required) || name} ${message}`;
const control = (field) => field.querySelector("input, textarea, button");

/** Shows [{path, message}] at the fields alone. */
export function markErrors(form, fields) {
  clearFields(form);
  for (const { path, message } of fields) {
    const field = place(form, path);
    if (field) markField(field, message);
  }
}

/** Shows [{path, message}] at the fields and in the summary, which takes the focus. */
export function showErrors(form, fields, title = "There is a problem") {
  clearErrors(form);
  byId("error-summary-title").textContent = title;
  byId("error-list").replaceChildren(...fields.map((field) => summaryLine(form, field)));
  byId("error-summary").hidden = false;
  byId("error-summary").focus();
}

export function clearErrors(form) {
  byId("error-summary").hidden = true;
  clearFields(form);
}

function clearFields(form) {
  for (const field of form.querySelectorAll("[data-invalid]")) clearField(field);
}

function clearField(field) {
  delete field.dataset.invalid;
  field.querySelector(".field-error").hidden = true;
  control(field)?.removeAttribute("aria-invalid");
}

function summaryLine(form, { path, message }) {
  const field = place(form, path);
  const line = document.createElement("li");
  if (!field) {
    line.textContent = path ? `${path} ${message}` : message;
    return line;
  }
  const link = document.createElement("a");
  link.textContent = said(field, field.dataset.label, message);
  link.href = `#${markField(field, message).id}`;
  link.onclick = (event) => {
    event.preventDefault();
    control(field)?.focus();
  };
  line.append(link);
  return line;
}

function markField(field, message) {
  const text = field.querySelector(".field-error");
  const input = control(field) ?? text;
  field.dataset.invalid = "";
  text.textContent = said(field, field.dataset.short ?? field.dataset.label, message);
  text.hidden = false;
  input.setAttribute("aria-invalid", "true");
  const described = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)).add(
    text.id,
  );
  input.setAttribute("aria-describedby", [...described].join(" "));
  field.addEventListener("input", () => clearField(field), { once: true });
  return input;
}
