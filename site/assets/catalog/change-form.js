// The form in which a person says how many products change: their price, their category, or whether they are sold.
import { byId } from "../lib/dom.js";
import { markErrors } from "../lib/field-errors.js";
import { money } from "../lib/format.js";
import { line } from "../lib/text.js";
import { priceChange, roundings } from "./new-price.js";

const form = byId("change-form");
const HINTS = { set: "Such as 1.20.", raise: "Such as 4 % or 0.05.", lower: "Such as 4 % or 0.05." };

/** Show the fields of the chosen kind. `currency` is that of the shop. */
export function showForm(currency) {
  const { kind, way, rounding } = form.elements;
  markErrors(form, []);
  for (const part of form.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== kind.value;
  byId("change-amount-hint").textContent = HINTS[way.value];
  byId("rounding").hidden = way.value === "set";
  if (!rounding.options.length)
    rounding.append(...roundings(currency).map(([value, text]) => new Option(text, value)));
}

/** Return the change that the form says, as plan.js takes it, or undefined after showing what is wrong. */
export function typedChange(currency) {
  const { kind, way, amount, rounding, category, active } = form.elements;
  markErrors(form, []);
  if (kind.value === "active") return { kind: "active", active: active.value === "true" };
  if (kind.value === "category")
    return line(category.value)
      ? { kind: "category", category: line(category.value) }
      : wrong("category", "is required");
  const text = amount.value.trim();
  const price = priceChange({ way: way.value, text, rounding: rounding.value }, currency);
  if (price) return { kind: "price", price };
  const example = way.value === "set" ? money(120, currency) : `4 % or ${money(5, currency)}`;
  return wrong("amount", text ? `must be such as ${example}, got ${text}` : "is required");
}

function wrong(path, message) {
  markErrors(form, [{ path, message }]);
  form.elements[path].focus();
}
