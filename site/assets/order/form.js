// The form of an order: customer, lines, notes. It knows what is typed and the document that it stands for.
import { byId } from "../lib/dom.js";
import { clearErrors, markErrors, showErrors } from "../lib/form-errors.js";
import { validate } from "../lib/json-schema.js";
import { needed } from "../shell/connection.js";
import { CUSTOMER, CustomerPicker } from "./customer-picker.js";
import { OrderLines } from "./lines.js";
import { productPicker } from "./product-picker.js";
import { documentOf, inDigits, typedCustomer } from "./typed.js";

const form = byId("order-form");
const fields = byId("order-fields");

/** The form; `onChange` is called after each change, `onSubmit` when the order is to be sent. */
export class OrderForm {
  #filling = false;
  #left = ""; // pasted rows that are not on the order yet

  constructor({ onChange, onSubmit }) {
    this.onChange = onChange;
    this.lines = new OrderLines({ onChange: this.#changed, onDone: () => this.focus() });
    this.picker = productPicker({
      onPick: (product) => this.lines.pick(product),
      onRows: (text) => this.#paste(text),
    });
    this.customers = new CustomerPicker(form);
    form.oninput = (event) => event.target.id !== "product-search" && this.#changed();
    form.onsubmit = (event) => {
      event.preventDefault();
      onSubmit();
    };
    form.onkeydown = pressKey;
    this.#wirePasted();
  }

  #changed = () => this.#filling || this.onChange();

  #wirePasted() {
    byId("paste").onclick = () => this.#paste();
    byId("pasted-open").onclick = () => this.#paste();
    byId("pasted-drop").onclick = () => {
      this.#keepLeft("");
      this.focus();
    };
  }

  /** Opens the dialog for rows of a spreadsheet, with the rows that were left before. */
  async #paste(text = "") {
    this.#keepLeft([this.#left, text].filter(Boolean).join("\n"));
    const { pasteLines } = await needed(() => import("./paste-lines.js"));
    await pasteLines({ text: this.#left, lines: this.lines, onLeft: (left) => this.#keepLeft(left) });
    this.focus();
  }

  #keepLeft(text) {
    this.#left = text;
    byId("pasted").hidden = !text;
    this.#changed();
  }

  /** What is typed, for a draft. */
  values() {
    return {
      customer: typedCustomer(),
      filled: this.customers.filled,
      notes: form.elements.notes.value,
      items: this.lines.items(),
      left: this.#left,
    };
  }

  /** Fills the form. The details of a customer may be replaced by choosing another customer. */
  fill(values) {
    this.#filling = true;
    for (const name of CUSTOMER) form.elements[name].value = values.customer?.[name] ?? "";
    form.elements.notes.value = values.notes ?? "";
    this.customers.filled = { ...(values.filled ?? typedCustomer()) };
    this.lines.fill((values.items ?? []).map((item) => ({ ...item, quantity: String(item.quantity) })));
    this.#keepLeft(values.left ?? "");
    this.#filling = false;
  }

  /** What is typed as the API takes it. */
  document() {
    return documentOf(this.lines.items());
  }

  /** What is wrong with a document by the schema of that name, and pasted rows that are left, as [{path, message}]. */
  async faults(schema, document) {
    const found = (await validate(schema, document)).map(inDigits);
    return this.#left
      ? [...found, { path: "pasted", message: "must be added to the order, or discarded" }]
      : found;
  }

  /** Shows at the fields, or above the form, why the API refused the document. */
  showRefusal(error, title) {
    this.showErrors(error.fields?.length ? error.fields : [{ path: "", message: error.message }], title);
  }

  /** Locks the form while it is being sent, without earlier errors, or opens it again. */
  lock(locked) {
    if (locked) this.clearErrors();
    fields.disabled = locked;
  }

  reprice = (products) => this.lines.reprice(products);
  showErrors = (faults, title) => showErrors(form, faults, title);
  markErrors = (faults) => markErrors(form, faults);
  clearErrors = () => clearErrors(form);
  focus = () => this.picker.focus();
}

/** Enter ends a quantity or picks a product, and must not send a half-written order. Ctrl+Enter sends. */
function pressKey(event) {
  if (event.key !== "Enter" || event.target.matches("button, a")) return;
  if (event.ctrlKey || event.metaKey) form.requestSubmit();
  else if (!event.target.matches("textarea")) event.preventDefault();
}
