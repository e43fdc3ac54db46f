// The form of an order: customer, lines, notes. Knows what is typed and the document it stands for.
import { byId } from "../lib/dom.js";
import { clearErrors, markErrors, showErrors } from "../lib/form-errors.js";
import { validate } from "../lib/json-schema.js";
import { needed } from "../shell/connection.js";
import { CUSTOMER, customerPicker } from "./customer-picker.js";
import { orderLines } from "./lines.js";
import { productPicker } from "./product-picker.js";

const form = byId("order-form");
const fields = byId("order-fields");

/** Wires the form; onChange runs after each change, onSubmit when it is to be sent. */
export function orderForm({ onChange, onSubmit }) {
  let filling = false;
  let left = ""; // pasted rows that are not on the order yet
  const changed = () => filling || onChange();
  const lines = orderLines({ onChange: changed, onDone: () => picker.focus() });
  const picker = productPicker({ onPick: lines.pick, onRows: (text) => paste(text) });
  const customers = customerPicker(form);

  /** Opens the dialog for rows of a spreadsheet, with those that were left before. */
  async function paste(text = "") {
    keep([left, text].filter(Boolean).join("\n"));
    const { pasteLines } = await needed(() => import("./paste-lines.js"));
    await pasteLines({ text: left, lines, onLeft: keep });
    picker.focus();
  }

  function keep(text) {
    left = text;
    byId("pasted").hidden = !text;
    changed();
  }

  form.oninput = (event) => event.target.id !== "product-search" && changed();
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
  byId("paste").onclick = () => paste();
  byId("pasted-open").onclick = () => paste();
  byId("pasted-drop").onclick = () => keep("") ?? picker.focus();

  return {
    /** What is typed, for a draft. */
    values: () => ({
      customer: customer((text) => text),
      filled: customers.filled(),
      notes: form.elements.notes.value,
      items: lines.items(),
      left,
    }),
    /** Fills the form; a customer's details that come from an order may be replaced by choosing another customer. */
    fill(values) {
      filling = true;
      for (const name of CUSTOMER) form.elements[name].value = values.customer?.[name] ?? "";
      form.elements.notes.value = values.notes ?? "";
      customers.setFilled(values.filled ?? customer((text) => text));
      lines.fill((values.items ?? []).map((item) => ({ ...item, quantity: String(item.quantity) })));
      keep(values.left ?? "");
      filling = false;
    },
    /** What is typed as the API takes it: what is blank is left out, a quantity that is no number stays as typed. */
    document() {
      const items = lines
        .items()
        .map(({ sku, quantity }) => ({ sku, ...(quantity && { quantity: number(quantity) }) }));
      const notes = form.elements.notes.value.trim();
      return {
        customer: customer((text) => text.trim()),
        ...(items.length && { items }),
        ...(notes && { notes }),
      };
    },
    /** What is wrong with what is typed, as [{path, message}]: by the schema of that name, and what is not done. */
    async faults(schema, document) {
      const found = (await validate(schema, document)).map(inDigits);
      return left
        ? [...found, { path: "pasted", message: "must be added to the order, or discarded" }]
        : found;
    },
    reprice: lines.reprice,
    lock: (locked) => (fields.disabled = locked),
    showErrors: (faults, title) => showErrors(form, faults, title),
    markErrors: (faults) => markErrors(form, faults),
    clearErrors: () => clearErrors(form),
    focus: () => picker.focus(),
  };
}

// Not Number(text) alone: it takes 1e2, 1.0 and 0x10 for whole numbers.
const number = (text) => (/^-?\d+$/.test(text) ? Number(text) : text);

const inDigits = ({ path, message }) => ({
  path,
  message: message.replace("must be a whole number,", "must be a whole number in digits,"),
});

function customer(tidy) {
  const typed = CUSTOMER.map((name) => [name, tidy(form.elements[name].value)]);
  return Object.fromEntries(typed.filter(([, text]) => text));
}
