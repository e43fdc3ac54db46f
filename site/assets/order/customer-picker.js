// Suggestions of customers who ordered before, while somebody types a name, an e-mail or a company.
import { call, unsearchable } from "../lib/api.js";
import { combobox } from "../lib/combobox.js";
import { announce, stamp } from "../lib/dom.js";
import { count, isolated } from "../lib/format.js";

export const CUSTOMER = ["name", "email", "company", "phone", "address"];
const SEARCHED = ["name", "email", "company"];
const MAX_CUSTOMERS = 6; // customers that are offered at a time
const MAX_CUSTOMER_PAGES = 3; // a page may be empty although more come after it

/**
 * Suggestions of customers at three fields of the form. A chosen customer fills each field that is empty, has the beginning
 * of the customer's value, or has the text that an earlier choice `filled` in ({name: value}). Other typed text stays.
 */
export class CustomerPicker {
  filled = {};

  constructor(form) {
    this.fields = form.elements;
    const shared = {
      find,
      option: customerOption,
      keyOf: ({ email }) => email,
      onPick: this.#pick,
      free: true,
      shortest: 2,
    };
    for (const name of SEARCHED) combobox({ input: this.fields[name], ...shared });
  }

  #pick = (customer, input) => {
    const chosen = CUSTOMER.filter(
      (name) => this.fields[name] === input || this.#isFree(name, customer[name] ?? ""),
    );
    for (const name of chosen) this.#fill(name, customer[name] ?? "");
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

async function find(text, signal) {
  const q = text.slice(0, 100);
  if (unsearchable(q)) return { items: [] };
  let items = [];
  let cursor;
  for (let page = 0; page < MAX_CUSTOMER_PAGES && !items.length && cursor !== null; page++) {
    const query = new URLSearchParams({ q, limit: MAX_CUSTOMERS, ...(cursor && { cursor }) });
    ({ customers: items, nextCursor: cursor } = await call("GET", `/customers?${query}`, { signal }));
  }
  return {
    items,
    note: items.length ? `${count(items.length, "known customer")}: choose with the arrow keys` : "",
  };
}

function customerOption({ name, email, company, orders }) {
  return stamp("customer-option", { name, company, email, orders: count(orders, "order") });
}
