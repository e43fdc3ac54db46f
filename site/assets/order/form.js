// The form of an order: customer, lines and notes, as they are typed and as the document for the API.
import { byId } from "../lib/dom.js";
import { clearErrors, markErrors, showErrors } from "../lib/form-errors.js";
import { validate } from "../lib/json-schema.js";
import { loadModule } from "../shell/connection.js";
import { CUSTOMER, CustomerPicker } from "./customer-picker.js";
import { OrderLines } from "./lines.js";
import { productPicker } from "./product-picker.js";
import { documentOf, inDigits, typedCustomer } from "./typed.js";

const form = byId("order-form");
const fields = byId("order-fields");

/** The form. `onChange` is called after each change, `onSubmit` when the person sends the order. */
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
    form.onkeydown = keepEnter;
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

  /** Open the dialog for rows of a spreadsheet. It begins with earlier rows that are not on the order yet, then `text`. */
  async #paste(text = "") {
    this.#keepLeft([this.#left, text].filter(Boolean).join("\n"));
    const { pasteLines } = await loadModule(() => import("./paste-lines.js"));
    await pasteLines({ text: this.#left, lines: this.lines, onLeft: (left) => this.#keepLeft(left) });
    this.focus();
  }

  #keepLeft(text) {
    this.#left = text;
    byId("pasted").hidden = !text;
    this.#changed();
  }

  /** Return everything that is typed, for a draft. */
  values() {
    return {
      customer: typedCustomer(),
      filled: this.customers.filled,
      notes: form.elements.notes.value,
      items: this.lines.items(),
      left: this.#left,
    };
  }

  /** Fill the form. Choosing another customer may later replace the details that are filled in here. */
  fill(values) {
    this.#filling = true;
    for (const name of CUSTOMER) form.elements[name].value = values.customer?.[name] ?? "";
    form.elements.notes.value = values.notes ?? "";
    this.customers.filled = { ...(values.filled ?? typedCustomer()) };
    this.lines.fill((values.items ?? []).map((item) => ({ ...item, quantity: String(item.quantity) })));
    this.#keepLeft(values.left ?? "");
    this.#filling = false;
  }

  /** Return the typed order as the document that the API accepts. */
  document() {
    return documentOf(this.lines.items());
  }

  /** Resolve to the faults of a document by the schema with this name, and of pasted rows left over: [{path, message}]. */
  async faults(schema, document) {
    const found = (await validate(schema, document)).map(inDigits);
    return this.#left
      ? [...found, { path: "pasted", message: "must be added to the order, or discarded" }]
      : found;
  }

  /** Show at the fields, or above the form, why the API refused the document. */
  showRefusal(error, title) {
    this.showErrors(error.fields?.length ? error.fields : [{ path: "", message: error.message }], title);
  }

  /** Lock the form and clear its errors while it is being sent, or unlock it. */
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

/** Keep Enter from sending a half-written order, because Enter ends a quantity or picks a product. Ctrl+Enter sends. */
function keepEnter(event) {
  if (event.key !== "Enter" || event.target.matches("button, a")) return;
  if (event.ctrlKey || event.metaKey) form.requestSubmit();
  else if (!event.target.matches("textarea")) event.preventDefault();
}
