// The filter of the list: the time at which orders were taken, and their customer. Status and search are not in it.
import { combobox } from "../lib/combobox.js";
import { announce, byId } from "../lib/dom.js";
import { markErrors } from "../lib/form-errors.js";
import { isolated } from "../lib/format.js";
import { knownCustomers } from "../lib/known-customers.js";
import { key } from "../lib/text.js";
import { addressWith, query } from "./address.js";

const form = byId("filter");
const { period, from, to, customer } = form.elements;
let list;

/** Show the filter of the address in the form. */
export function showFilter(shown) {
  list = shown;
  const params = query();
  for (const field of [from, to, customer]) field.value = params.get(field.name) ?? "";
  period.value = params.has("from") || params.has("to") ? "dates" : (params.get("period") ?? "");
  showDates();
  markErrors(form, []);
  byId("clear-filter").href = addressWith({
    customer: null,
    period: null,
    from: null,
    to: null,
    cursor: null,
  });
}

/** Show an error at the field of each filter that the API refused. `refused` is [{path, message}]. */
export function explain(refused) {
  const rules = {
    from: from.value ? "must not be after To" : "must be a date",
    to: "must be a date",
    customer:
      "must be an e-mail address such as name@example.org. Choose a customer while you type a name, or search above the list",
  };
  const faults = refused
    .filter(({ path }) => path in rules)
    .map(({ path }) => ({ path, message: rules[path] }));
  markErrors(form, faults);
  if (faults.length && form.contains(document.activeElement)) form.elements[faults[0].path].focus();
}

function showDates() {
  for (const field of form.querySelectorAll("[data-dates]")) field.hidden = period.value !== "dates";
}

function apply(event) {
  event.preventDefault();
  customer.dispatchEvent(new Event("blur")); // closes the suggestions
  const dates = period.value === "dates";
  list.visit(
    addressWith({
      customer: key(customer.value),
      period: dates ? "" : period.value,
      from: dates ? from.value : "",
      to: dates ? to.value : "",
      cursor: null,
    }),
  );
}

/** Put the e-mail address of a chosen customer into the field. */
function pick({ name, email }) {
  customer.value = email;
  markErrors(form, []);
  announce(`Chosen: ${isolated(name)}, ${email}. Press Enter to show the orders.`);
}

/** Show the orders on Enter, if no suggestion is highlighted. A combobox alone prevents what Enter does in a form. */
function showOnEnter({ key: pressed, isComposing }) {
  const highlighted = customer.hasAttribute("aria-activedescendant");
  if (pressed === "Enter" && !isComposing && !highlighted) form.requestSubmit();
}

period.onchange = showDates;
form.onsubmit = apply;
customer.addEventListener("keydown", showOnEnter);
combobox({ ...knownCustomers, input: customer, onPick: pick });
