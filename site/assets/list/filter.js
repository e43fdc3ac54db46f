// The filter of the list: the time at which orders were taken, and their customer. Status and search are not in it.
import { call, unsearchable } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { markErrors } from "../lib/form-errors.js";
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
    customer: "must be an e-mail address such as name@example.org",
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

let timer;

/** Offer the customers whose name, company or e-mail begins with the typed text. */
async function offer() {
  const q = customer.value.trim();
  if (!q || unsearchable(q) || [...byId("known-customers").options].some(({ value }) => value === q)) return;
  const found = call("GET", `/customers?limit=8&q=${encodeURIComponent(q)}`);
  const { customers } = await found.catch(() => ({ customers: [] })); // the customer can still be typed
  if (q !== customer.value.trim()) return; // a response to an earlier text
  byId("known-customers").replaceChildren(
    ...customers.map(
      ({ email, name, company }) => new Option([name, company].filter(Boolean).join(", "), email),
    ),
  );
}

period.onchange = showDates;
form.onsubmit = apply;
customer.oninput = () => {
  clearTimeout(timer);
  timer = setTimeout(offer, 200);
};
