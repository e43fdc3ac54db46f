// The cards beside the form of a product: its history, its orders, and the products that are often on the same order.
import { call } from "../lib/api.js";
import { byId, show, showFailure, stamp } from "../lib/dom.js";
import { count, customerName, orderNumber, time } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { sessionEnded } from "../shell/shell.js";
import { writeStatus } from "../order/status-cell.js";
import { productPage, productPath } from "./products.js";
import { changeInWords } from "./words.js";

const EVENTS = { added: "Added", changed: "Changed", deleted: "Deleted" };
const LIMIT = 10; // entries that a card shows at first, and more each time

const current = new WeakMap(); // the card that each region shows

/** A card that shows a list, a part at a time. `read(cursor)` resolves to {rows, nextCursor}. */
class Card {
  constructor(name, { read, row }) {
    Object.assign(this, {
      read,
      row,
      region: byId(name),
      rows: byId(`${name}-rows`),
      more: byId(`more-${name}`),
    });
    if (this.more) this.more.onclick = () => this.#add(this.cursor, { focus: true });
  }

  /** Show the list from its beginning. One that is folded together is read when somebody opens it. */
  begin() {
    this.rows.replaceChildren();
    this.region.hidden = false;
    const isFolded = this.region.matches("details:not([open])");
    this.region.ontoggle = () => this.region.open && !this.hasBegun && this.#add("");
    return isFolded ? undefined : this.#add("");
  }

  async #add(cursor, { focus = false } = {}) {
    this.hasBegun = true;
    current.set(this.region, this);
    try {
      const { rows, nextCursor } = await this.read(cursor);
      if (current.get(this.region) !== this) return; // the product was saved meanwhile, and its cards begin anew
      const added = rows.map(this.row);
      this.rows.append(...added);
      this.cursor = nextCursor;
      if (this.more) this.more.hidden = !nextCursor;
      show(this.region, this.rows.children.length ? "listed" : "empty");
      if (focus) (added[0]?.querySelector("a") ?? this.rows).focus();
    } catch (error) {
      if (!sessionEnded(error)) showFailure(this.region, error, () => this.#add(cursor));
    }
  }
}

/** Show what is known of a product. */
export function showCards({ sku, currency }) {
  const path = productPath(sku);
  const page = (cursor) => new URLSearchParams({ limit: LIMIT, ...(cursor && { cursor }) });
  const history = new Card("history", {
    read: async (cursor) => {
      const { history: rows, nextCursor } = await call("GET", `${path}/history?${page(cursor)}`);
      return { rows, nextCursor };
    },
    row: (entry) => historyRow(entry, currency),
  });
  const sold = new Card("sold", {
    read: async (cursor) => {
      const { orders: rows, nextCursor } = await call("GET", `${path}/orders?${page(cursor)}`);
      return { rows, nextCursor };
    },
    row: soldRow,
  });
  const beside = new Card("beside", {
    read: async () => ({ rows: (await call("GET", `${path}/also-bought?limit=5`)).items, nextCursor: null }),
    row: besideRow,
  });
  return Promise.all([history, sold, beside].map((card) => card.begin()));
}

const historyRow = ({ at, by, event, changes = [] }, currency) =>
  stamp("history-entry", {
    event: EVENTS[event] ?? event,
    at: time(at),
    by,
    changes: changes.map((one) => stamp("text-item", { text: changeInWords(one, currency) })),
  });

function soldRow(order) {
  const { orderID, createdAt, customer, quantity } = order;
  const values = { number: orderNumber(order), taken: time(createdAt), customer: customerName(customer) };
  const element = stamp("sold-row", { ...values, quantity: quantity.toLocaleString() });
  element.querySelector("a").href = orderPage(orderID);
  writeStatus(element.lastElementChild, order);
  return element;
}

function besideRow({ sku, name, orders }) {
  const element = stamp("beside-row", { name, orders: `on ${count(orders, "order")}` });
  element.querySelector("a").href = productPage(sku);
  return element;
}
