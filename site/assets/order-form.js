// The form of an order: customer, lines, notes. Knows what is typed and the document it stands for.
import { byId } from "./dom.js";
import { clearErrors, markErrors, showErrors } from "./form-errors.js";
import { amount, orderLines } from "./order-lines.js";
import { productPicker } from "./product-picker.js";

const form = byId("order-form");
const fields = byId("order-fields");
const CUSTOMER = ["name", "email", "company", "phone", "address"];

/** Wires the form; onChange runs after each change, onSubmit when it is to be sent. */
export function orderForm({ onChange, onSubmit }) {
  let filling = false;
  const changed = () => filling || onChange();
  const lines = orderLines({ onChange: changed, onDone: () => picker.focus() });
  const picker = productPicker(lines.pick);

  form.oninput = changed;
  form.onsubmit = (event) => {
    event.preventDefault();
    onSubmit();
  };
  form.onkeydown = (event) => {
    // Enter ends a quantity or picks a product; it must not send a half-written order. Ctrl+Enter sends.
    if (event.key !== "Enter" || event.target.matches("button, a")) return;
    if (event.ctrlKey || event.metaKey) form.requestSubmit();
    else if (!event.target.matches("textarea")) event.preventDefault();
  };

  return {
    /** What is typed, for a draft. */
    values: () => ({ customer: customer((text) => text), notes: form.elements.notes.value, items: lines.items() }),
    fill(values) {
      filling = true;
      for (const name of CUSTOMER) form.elements[name].value = values.customer?.[name] ?? "";
      form.elements.notes.value = values.notes ?? "";
      lines.fill((values.items ?? []).map((item) => ({ ...item, quantity: String(item.quantity) })));
      filling = false;
    },
    /** What is typed as the API takes it: what is blank is left out, a quantity that is no number stays as typed. */
    document: () => ({
      customer: customer((text) => text.trim()),
      items: lines
        .items()
        .map(({ sku, quantity }) => (quantity === "" ? { sku } : { sku, quantity: number(quantity) })),
      ...(form.elements.notes.value.trim() && { notes: form.elements.notes.value.trim() }),
    }),
    lock: (locked) => (fields.disabled = locked),
    showErrors: (faults, title) => showErrors(form, faults, title),
    markErrors: (faults) => markErrors(form, faults),
    clearErrors: () => clearErrors(form),
    focus: () => picker.focus(),
  };
}

const number = (text) => amount(text) ?? (Number.isNaN(Number(text)) ? text : Number(text));

function customer(tidy) {
  const typed = CUSTOMER.map((name) => [name, tidy(form.elements[name].value)]);
  return Object.fromEntries(typed.filter(([, text]) => text));
}
