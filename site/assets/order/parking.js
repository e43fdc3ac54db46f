// Parking: the order on the page is put aside under a name, a parked one is opened, and leaving with unsent work asks.
import { byId } from "../lib/dom.js";
import { keys } from "../shell/keys.js";
import { contentOf, isSameContent } from "./draft-content.js";
import { finishDraft } from "./finished-drafts.js";
import { Leaving } from "./leaving.js";
import { openParked } from "./open-parked.js";
import { announceParked, askName, nameOf, noteParked } from "./park-dialog.js";
import { ParkedList } from "./parked-list.js";
import { Parked } from "./parked.js";

const UNSENT = ["writing", "sending"]; // stages of an order

/**
 * `page` is that of parked.js, and has `resume(order)`, which begins the page with an order, `clear()`, which deletes the local
 * draft, `giveUp()`, after which it may be lost, and `startOver()`. Its order has `safe`, the content that the server has or that
 * nobody typed, and `mayLeave` after the person chose to leave.
 */
export class Parking {
  constructor(page, who) {
    Object.assign(this, { page, who, parked: new Parked(page) });
    this.list = new ParkedList(who, () => page.order().parked?.orderID);
    this.leaving = new Leaving({
      isUnsafe: () => this.isUnsafe,
      save: () => page.order().parked && this.parked.save(),
      mayPark: () => !page.order().letter,
      park: () => this.#park(nameOf(page.order())),
      onLeave: () => this.#setMayLeave(true),
      mayLeave: () => page.order().mayLeave,
      giveUp: page.giveUp,
    });
    byId("park").onclick = () => this.#ask();
    keys({
      "Alt+P": ["Park the order", () => this.#ask()],
      n: ["New order", () => this.leaving.open("/new-order.html")],
      "/": ["Search", () => this.leaving.open("/orders.html#search")],
    });
    announceParked();
    this.list.load();
  }

  /** Open a parked order. `kept` is its local draft, or null. */
  open(orderID, kept) {
    return openParked(orderID, kept, { ...this.page, parked: this.parked });
  }

  /** Show the parked order that the page goes on with, and save it if it is not saved. */
  resumed() {
    this.list.show();
    this.parked.changed();
  }

  /** Note that the person changed the order. */
  typed() {
    this.#setMayLeave(false);
    this.parked.changed();
  }

  /** Note that the content of the order comes from another order or a known customer, and nobody typed it. */
  untouched() {
    this.page.keep();
    this.page.order().safe = contentOf(this.page.order());
    this.page.keep();
  }

  /** Delete the draft of the order, because it is sent or discarded. */
  finish() {
    const order = this.page.order();
    if (order.parked) finishDraft(this.who, order.parked.orderID, this.parked.saving);
    order.parked = null;
    this.parked.show();
  }

  /** Whether the person typed something that is neither sent nor saved on the server. */
  get isUnsafe() {
    const order = this.page.order();
    if (!UNSENT.includes(order.stage) || this.page.form.isBlank) return false;
    return !isSameContent(contentOf({ ...order, values: this.page.form.values() }), order.safe);
  }

  #setMayLeave(mayLeave) {
    this.page.order().mayLeave = mayLeave;
    this.page.keep();
  }

  /** Park the order. Resolve to whether it is parked. Otherwise it stays on the page. */
  async #park(name) {
    if (!(await this.parked.park(name))) return false;
    this.page.clear();
    noteParked(name);
    return true;
  }

  async #ask() {
    const { form, order, keep, startOver } = this.page;
    if (order().stage !== "writing" || order().letter) return;
    form.clearErrors();
    if (form.isBlank) {
      form.showErrors([{ path: "", message: "Nothing is typed yet" }], "There is nothing to park");
      return;
    }
    keep();
    const name = await askName(order());
    if (name && (await this.#park(name))) startOver();
  }
}
