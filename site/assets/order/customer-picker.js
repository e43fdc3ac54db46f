// Suggestions of customers who ordered before, while somebody types a name, an e-mail or a company.
import { combobox } from "../lib/combobox.js";
import { announce, byId } from "../lib/dom.js";
import { count, isolated } from "../lib/format.js";
import { knownCustomers } from "../lib/known-customers.js";

export const CUSTOMER = ["name", "email", "company", "phone", "address"];
const SEARCHED = ["name", "email", "company"];

/**
 * Suggestions of customers at three fields of the form. A chosen customer fills each field that is empty, has the beginning
 * of the customer's value, or has the text that an earlier choice `filled` in ({name: value}). Other typed text stays.
 */
export class CustomerPicker {
  filled = {};

  constructor(form) {
    this.fields = form.elements;
    this.fields.email.addEventListener("input", () => this.showNote());
    for (const name of SEARCHED)
      combobox({ ...knownCustomers, input: this.fields[name], onPick: this.#pick });
  }

  /** Begin with these details, which an earlier choice filled in. */
  begin(filled) {
    this.filled = { ...filled };
    this.showNote();
  }

  /** Show the note on the customer with this address, or without one hide the note that is shown. */
  showNote(email = "") {
    const line = byId("form-note");
    if (email || line.dataset.customer)
      import("./customer-note.js").then(({ showNote }) => showNote(line, email)).catch(() => {});
  }

  #pick = (customer, input) => {
    const chosen = CUSTOMER.filter(
      (name) => this.fields[name] === input || this.#isFree(name, customer[name] ?? ""),
    );
    for (const name of chosen) this.#fill(name, customer[name] ?? "");
    if (this.fields.email.value === customer.email) this.showNote(customer.email);
    announce(`Filled in: ${isolated(customer.name)}, ${count(customer.orders, "order")} so far.`);
  };

  #isFree(name, offered) {
    const typed = this.fields[name].value;
    return (
      typed === (this.filled[name] ?? "") || offered.toLowerCase().startsWith(typed.trim().toLowerCase())
    );
  }

  #fill(name, value) {
    const field = this.fields[name];
    field.value = value;
    this.filled[name] = field.value; // read back, because the field may change line breaks
    field.closest("[data-field]").dispatchEvent(new Event("input", { bubbles: true }));
  }
}
