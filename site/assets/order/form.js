// The form of an order: customer, lines, charges and notes, as they are typed and as the document for the API.
import { byId } from "../lib/dom.js";
import { markErrors } from "../lib/field-errors.js";
import { clearErrors, keepSummaryTrue, showErrors } from "../lib/form-errors.js";
import { OrderCharges } from "./charges.js";
import { CUSTOMER, CustomerPicker } from "./customer-picker.js";
import { faultsOf } from "./form-faults.js";
import { LeftRows } from "./left-rows.js";
import { LineCheck } from "./line-check.js";
import { OrderLines } from "./lines.js";
import { OftenBought } from "./often-bought.js";
import { productPicker } from "./product-picker.js";
import { showTotal } from "./running-total.js";
import { documentOf, typedCustomer, typedTexts } from "./typed.js";
import { enterCode } from "./typed-code.js";

const form = byId("order-form");

/** The form. `onChange` is called after each change, `onSubmit` when the person sends the order. */
export class OrderForm {
  #filling = false;

  constructor({ onChange, onSubmit }) {
    this.onChange = onChange;
    const onDone = () => this.focus();
    this.charges = new OrderCharges({ onChange: this.#changed, onDone });
    this.lines = new OrderLines({
      onChange: this.#changed,
      onType: this.#show,
      onDone,
      onCode: (code, how) => enterCode(code, how, this),
    });
    this.lineCheck = new LineCheck(this.lines);
    const onPick = (product) => this.lines.pick(product);
    this.oftenBought = new OftenBought(onPick);
    this.picker = productPicker({
      onPick,
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
    this.left = new LeftRows({ lines: this.lines, onChange: this.#changed, onClose: onDone });
  }

  #changed = () => {
    this.#show();
    keepSummaryTrue();
    if (!this.#filling) this.onChange();
  };

  #show = () => {
    this.charges.show(this.lines.items());
    this.oftenBought.follow(this.lines.items());
    this.shownTotal = showTotal(this.lines.items(), this.charges.values());
  };

  /** Return everything that is typed, for a draft. */
  values() {
    const customer = { customer: typedCustomer(), filled: this.customers.filled };
    const [items, charges] = [this.lines.items(), this.charges.values()];
    return { ...customer, ...typedTexts(), items, charges, left: this.left.text };
  }

  /** Whether something is typed. */
  get isBlank() {
    const { customer, reference, notes, items, charges, left } = this.values();
    return !items.length && !charges.length && !left && !reference && !notes && !Object.keys(customer).length;
  }

  /** Fill the form. Choosing another customer may later replace the details that are filled in here. */
  fill(values) {
    this.#filling = true;
    for (const name of CUSTOMER) form.elements[name].value = values.customer?.[name] ?? "";
    for (const name of Object.keys(typedTexts())) form.elements[name].value = values[name] ?? "";
    this.customers.begin(values.filled ?? typedCustomer());
    this.lines.fill((values.items ?? []).map((item) => ({ ...item, quantity: String(item.quantity) })));
    this.charges.fill(values.charges ?? []);
    this.left.keep(values.left ?? "");
    this.#filling = false;
  }

  /** Return the typed order as the document that the API accepts. */
  document = () => documentOf(this.lines.items(), this.charges.values());

  /** Resolve to the faults of a document by the schema with this name, and of the form: [{path, message}]. */
  faults(schema, document) {
    return faultsOf(schema, document, this.values());
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

  showErrors = (faults, title) => showErrors(form, faults, title);
  markErrors = (faults) => markErrors(form, faults);
  clearErrors = () => clearErrors(form);
  focus = () => this.picker.focus();
}

/** Keep Enter from sending a half-written order, because Enter ends a quantity or picks a product. Ctrl+Enter sends. */
function keepEnter(event) {
  const sends = event.ctrlKey || event.metaKey;
  if (event.key !== "Enter" || (!sends && event.target.matches("button, a, textarea"))) return;
  event.preventDefault();
  if (sends) form.requestSubmit();
}
