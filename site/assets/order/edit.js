// The editing of a placed order. The typed text is kept as a draft until it is saved or discarded.
import { call } from "../lib/api.js";
import { announce, byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { sessionEnded } from "../shell/shell.js";
import { catalogChanges } from "./catalog-changes.js";
import { choose } from "./changes.js";
import { showEditing } from "./details.js";
import { differences } from "./differences.js";
import { OrderForm } from "./form.js";
import { hasOnlyRemarks, isOwnChange, tooLate } from "./status.js";
import { valuesOf } from "./typed.js";

/** Open the form with the order. Resolve to {order?, notice?, changes?, discarded?, unsaved?} when the edit is saved or discarded. */
export const editOrder = (order, who) => new OrderEdit(order, who).open();

class OrderEdit {
  #saving = false;

  constructor(order, who) {
    this.order = order;
    this.who = who;
    this.drafts = draft("edit", who, order.orderID);
    this.kept = this.drafts.load();
    this.base = this.kept?.base ?? order; // the version that the edit began with
    this.sent = this.kept?.sent ?? []; // documents that may have been stored, even if the response was lost
    this.form = new OrderForm({ onChange: () => this.#keep(), onSubmit: () => this.#save() });
  }

  open() {
    byId("stop-editing").onclick = () => this.#leave({ discarded: this.drafts.load() });
    this.form.clearErrors();
    this.form.lock(false);
    showEditing(true);
    this.form.fill(this.kept?.values ?? valuesOf(this.order));
    document.querySelector("#customer-name").focus({ preventScroll: true });
    return new Promise((resolve) => (this.resolve = resolve));
  }

  #typed() {
    return { base: this.base, sent: this.sent, values: this.form.values() };
  }

  #keep() {
    this.drafts.save(this.#typed());
  }

  async #save() {
    if (this.#saving) return;
    const document = this.form.document();
    const faults = await this.form.faults("OrderEdit", document);
    if (faults.length) return void this.form.showErrors(faults);
    this.#saving = true;
    this.form.lock(true);
    this.sent.push(document);
    this.#keep();
    await this.#send(document);
    this.#saving = false;
  }

  async #send(document) {
    const { orderID } = this.order;
    try {
      this.#saved(await call("PUT", `/orders/${orderID}`, { body: document, version: this.base.version }));
    } catch (error) {
      this.form.lock(false);
      await this.#failed(error);
    }
  }

  async #failed(error) {
    if (sessionEnded(error)) return;
    if (error.status === 412 && error.current) await this.#conflict(error.current);
    else if (error.status === 409) await this.#refused(error);
    else this.form.showRefusal(error, "The changes were not saved");
  }

  async #refused({ message }) {
    const order = await call("GET", `/orders/${this.order.orderID}`).catch(() => this.order);
    this.#leave({ order, notice: `Your changes were not saved. ${message}`, unsaved: this.#typed() });
  }

  async #conflict(theirs) {
    const differs = (document) => differences(this.base, document, theirs).length > 0;
    if (!differs(this.form.document())) return this.#saved(theirs);
    if (theirs.status !== "placed")
      return this.#leave({ order: theirs, notice: tooLate(theirs), unsaved: this.#typed() });
    const isOwn = isOwnChange(this.base, theirs, this.who) && !this.sent.every(differs);
    return isOwn || hasOnlyRemarks(this.base, theirs) ? this.#saveOver(theirs) : this.#letChoose(theirs);
  }

  async #letChoose(theirs) {
    const { choice, merged } = await choose(this.base, this.form.values(), theirs);
    if (choice === "theirs") this.#leave({ order: theirs });
    if (choice === "back") byId("save").focus(); // the button lost the focus while the form was locked
    if (choice !== "merge") return undefined;
    this.form.fill(valuesOf({ ...merged, currency: theirs.currency }));
    return this.#saveOver(theirs);
  }

  /** Save the form over another version, whose changes the form already takes into account. */
  #saveOver(version) {
    this.base = version;
    this.sent = [];
    this.#keep();
    this.#saving = false;
    return this.#save();
  }

  #saved(order) {
    announce("The changes are saved.");
    this.#leave({ order, changes: catalogChanges(this.form.values().items, order) });
  }

  #leave(outcome) {
    this.drafts.clear();
    showEditing(false);
    this.resolve(outcome);
  }
}
