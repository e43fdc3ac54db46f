// Offers customers who ordered before, while one types a name, an e-mail or a company.
import { call, unsearchable } from "../lib/api.js";
import { combobox } from "../lib/combobox.js";
import { announce, stamp } from "../lib/dom.js";
import { count } from "../lib/format.js";

export const CUSTOMER = ["name", "email", "company", "phone", "address"];
const SEARCHED = ["name", "email", "company"];
const MOST = 6; // customers that are offered at a time
const MOST_PAGES = 3; // a page may be empty although more come after it

/**
 * Offers customers at three fields of the form. The one that is chosen fills what is empty, what is the beginning of
 * it, and what an earlier choice filled; what someone typed stays. Answers {filled, setFilled}: what a choice filled.
 */
export function customerPicker(form) {
  let filled = {};

  function pick(customer, input) {
    const chosen = CUSTOMER.filter(
      (name) => form.elements[name] === input || isFree(name, customer[name] ?? ""),
    );
    for (const name of chosen) {
      const field = form.elements[name];
      field.value = customer[name] ?? "";
      filled[name] = field.value; // as the field has it: it may write line breaks in another way
      field.closest("[data-field]").dispatchEvent(new Event("input", { bubbles: true }));
    }
    announce(`Filled in: ${customer.name}, ${count(customer.orders, "order")} so far.`);
  }

  function isFree(name, offered) {
    const typed = form.elements[name].value;
    return typed === (filled[name] ?? "") || offered.toLowerCase().startsWith(typed.trim().toLowerCase());
  }

  for (const name of SEARCHED)
    combobox({
      input: form.elements[name],
      find,
      option,
      keyOf: ({ email }) => email,
      onPick: pick,
      free: true,
      shortest: 2,
    });
  return { filled: () => filled, setFilled: (values) => (filled = { ...values }) };
}

async function find(text, signal) {
  const q = text.slice(0, 100);
  if (unsearchable(q)) return { items: [] };
  let items = [];
  let cursor;
  for (let page = 0; page < MOST_PAGES && !items.length && cursor !== null; page++) {
    const query = new URLSearchParams({ q, limit: MOST, ...(cursor && { cursor }) });
    ({ customers: items, nextCursor: cursor } = await call("GET", `/customers?${query}`, { signal }));
  }
  return {
    items,
    note: items.length ? `${count(items.length, "known customer")}: choose with the arrow keys` : "",
  };
}

function option({ name, email, company, orders }) {
  return stamp("customer-option", { name, company, email, orders: count(orders, "order") });
}
