// The cards beside the form of a product: its history, its orders, and the products that are often on the same order.
import { call } from "../lib/api.js";
import { byId, show, showFailure, stamp } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";
import { productPath } from "./products.js";
import { changeInWords } from "./words.js";

const EVENTS = { added: "Added", changed: "Changed", deleted: "Deleted" };
const LIMIT = 10; // entries that a card shows at first, and more each time

const current = new WeakMap(); // the card that each region shows

/** A card that shows a list, a part at a time. `read(cursor)` resolves to {rows, nextCursor}, the rows as elements. */
class Card {
  constructor(name, read) {
    Object.assign(this, {
      read,
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
      const { rows: added, nextCursor } = await this.read(cursor);
      if (current.get(this.region) !== this) return; // the product was saved meanwhile, and its cards begin anew
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

/** Show what is known of a product. `load` resolves to the module with the rows of the cards that are folded together. */
export function showCards({ sku, currency }, load) {
  const path = productPath(sku);
  const page = (cursor) => new URLSearchParams({ limit: LIMIT, ...(cursor && { cursor }) });
  const history = new Card("history", async (cursor) => {
    const answer = await call("GET", `${path}/history?${page(cursor)}`);
    return { rows: answer.history.map((entry) => historyRow(entry, currency)), ...next(answer) };
  });
  const sold = new Card("sold", async (cursor) => {
    const [answer, { soldRow }] = await Promise.all([call("GET", `${path}/orders?${page(cursor)}`), load()]);
    return { rows: answer.orders.map(soldRow), ...next(answer) };
  });
  const beside = new Card("beside", async () => {
    const [{ items }, { besideRow }] = await Promise.all([
      call("GET", `${path}/also-bought?limit=5`),
      load(),
    ]);
    return { rows: items.map(besideRow), nextCursor: null };
  });
  return Promise.all([history, sold, beside].map((card) => card.begin()));
}

const next = ({ nextCursor }) => ({ nextCursor });

const historyRow = ({ at, by, event, changes = [] }, currency) =>
  stamp("history-entry", {
    event: EVENTS[event] ?? event,
    at: time(at),
    by,
    changes: changes.map((one) => stamp("text-item", { text: changeInWords(one, currency) })),
  });
