// The form of an order: customer, lines and notes, as they are typed and as the document for the API.
import { byId } from "../lib/dom.js";
import { clearErrors, markErrors, showErrors } from "../lib/form-errors.js";
import { validate } from "../lib/json-schema.js";
import { CUSTOMER, CustomerPicker } from "./customer-picker.js";
import { LeftRows } from "./left-rows.js";
import { OrderLines } from "./lines.js";
import { onSaleAs, productPicker } from "./product-picker.js";
import { documentOf, inDigits, typedCustomer } from "./typed.js";

const form = byId("order-form");

/** The form. `onChange` is called after each change, `onSubmit` when the person sends the order. */
export class OrderForm {
  #filling = false;

  constructor({ onChange, onSubmit }) {
    this.onChange = onChange;
    this.lines = new OrderLines({
      onChange: this.#changed,
      onDone: () => this.focus(),
      onCode: (code, how) => this.#code(code, how),
    });
    this.picker = productPicker({
      onPick: (product) => this.lines.pick(product),
      onRows: (text) => this.left.open(text),
      onEmpty: () => form.elements.name.focus(),
    });
    this.customers = new CustomerPicker(form);
    form.oninput = (event) => event.target.id !== "product-search" && this.#changed();
    form.onsubmit = (event) => {
      event.preventDefault();
      onSubmit();
    };
    form.onkeydown = keepEnter;
    this.left = new LeftRows({ lines: this.lines, onChange: this.#changed, onClose: () => this.focus() });
  }

  #changed = () => this.#filling || this.onChange();

  /** Begin a line for a code that was typed in place of a quantity. Resolve to whether it is one of a product. */
  async #code(code, { scanned, takeBack }) {
    if (scanned) {
      takeBack();
      this.picker.enter(code);
      return true;
    }
    const product = await onSaleAs(code);
    if (product) {
      takeBack();
      this.lines.pick(product);
    }
    return Boolean(product);
  }

  /** Return everything that is typed, for a draft. */
  values() {
    return {
      customer: typedCustomer(),
      filled: this.customers.filled,
      notes: form.elements.notes.value,
      items: this.lines.items(),
      left: this.left.text,
    };
  }

  /** Whether something is typed. */
  get isBlank() {
    const { customer, notes, items, left } = this.values();
    return !items.length && !left && !notes && !Object.keys(customer).length;
  }

  /** Fill the form. Choosing another customer may later replace the details that are filled in here. */
  fill(values) {
    this.#filling = true;
    for (const name of CUSTOMER) form.elements[name].value = values.customer?.[name] ?? "";
    form.elements.notes.value = values.notes ?? "";
    this.customers.begin(values.filled ?? typedCustomer());
    this.lines.fill((values.items ?? []).map((item) => ({ ...item, quantity: String(item.quantity) })));
    this.left.keep(values.left ?? "");
    this.#filling = false;
  }

  /** Return the typed order as the document that the API accepts. */
  document() {
    return documentOf(this.lines.items());
  }

  /** Resolve to the faults of a document by the schema with this name, and of pasted rows left over: [{path, message}]. */
  async faults(schema, document) {
    const found = (await validate(schema, document)).map(inDigits);
    return this.left.text
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
    byId("order-fields").disabled = locked;
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
