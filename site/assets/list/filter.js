// The filter of the list: the time at which orders were taken, their customer, sender and label. Status and search are not in it.
import { combobox } from "../lib/combobox.js";
import { dateOf, isMinute, minuteOf } from "../lib/days.js";
import { announce, byId } from "../lib/dom.js";
import { markErrors } from "../lib/field-errors.js";
import { isolated } from "../lib/format.js";
import { knownCustomers } from "../lib/known-customers.js";
import { key, line } from "../lib/text.js";
import { offerTexts } from "../order/label-chips.js";
import { PARTLY, addressWith, query } from "./address.js";
import { inOrder } from "./rows.js";
import { chosenSender, showSender } from "./senders.js";

const form = byId("filter");
const { period, from, to, customer, label, settled } = form.elements;
let list;

/** Show the filter of the address in the form. */
export function showFilter(shown) {
  list = shown;
  const params = query();
  customer.value = params.get("customer") ?? "";
  label.value = params.get("label") ?? "";
  showSender();
  settled.value = params.get("settled") ?? "";
  settled.closest(".field").hidden = params.get("status") !== "rejected";
  for (const field of [from, to]) writeTime(field, params.get(field.name) ?? "");
  period.value = params.has("from") || params.has("to") ? "dates" : (params.get("period") ?? "");
  showDates();
  markErrors(form, []);
  const cleared = [...PARTLY.filter((name) => name !== "q"), "cursor"];
  byId("clear-filter").href = addressWith(Object.fromEntries(cleared.map((name) => [name, null])));
}

/** Show an error at the field of each filter that the API refused. `refused` is [{path, message}]. */
export function explain(refused) {
  const rules = {
    from: from.value ? "must not be after To" : "must be a date",
    to: "must be a date",
    customer:
      "must be an e-mail address such as name@example.org. Choose a customer while you type a name, or search above the list",
    label: `must have at most ${label.maxLength} characters`,
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
      settled: settled.value,
      label: line(label.value),
      customer: key(customer.value),
      ...chosenSender(),
      period: dates ? "" : period.value,
      from: dates ? readTime(from) : "",
      to: dates ? readTime(to) : "",
      cursor: null,
    }),
  );
}

/** Show a day of the address in a field, or a minute in the person's time zone. */
function writeTime(field, text) {
  field.type = isMinute(text) ? "datetime-local" : "date";
  field.value = isMinute(text) ? localMinute(new Date(text)) : text;
  Object.assign(field.dataset, { given: text, shown: field.value });
}

/** Return the day or minute of a field. An untouched minute stays itself in the hour that the clock shows twice. */
function readTime({ type, value, dataset }) {
  if (type === "date" || !value) return value;
  return value === dataset.shown ? dataset.given : minuteOf(new Date(value));
}

const twoDigits = (number) => String(number).padStart(2, "0");
const localMinute = (moment) =>
  `${dateOf(moment)}T${twoDigits(moment.getHours())}:${twoDigits(moment.getMinutes())}`;

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

/** Offer the person's own name, and the labels of the orders on screen. */
function offerLabels() {
  const labels = inOrder().flatMap(({ order: { assignee, tags = [] } }) => [assignee, ...tags]);
  offerTexts(byId("known-labels"), [list.who.email, ...labels.filter(Boolean)]);
}

period.onchange = showDates;
label.onfocus = offerLabels;
form.onsubmit = apply;
customer.addEventListener("keydown", showOnEnter);
combobox({ ...knownCustomers, input: customer, onPick: pick });
