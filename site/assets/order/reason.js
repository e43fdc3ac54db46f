// A move that needs a reason: cancelling an order, or a step back. The reason is kept while it is typed.
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { lines } from "../lib/text.js";

export class Reason {
  /**
   * `name` is the ID of the button and the beginning of the IDs of its dialog and field. `targetOf(order, who)` returns the
   * status to which the dialog moves the order, or nothing if it may not. `moved` is the past participle for people.
   * `stateOf(order)` and `bodyOf(target)` are for a dialog that changes another field than the status.
   */
  constructor(
    page,
    name,
    { targetOf, moved, stateOf = ({ status }) => status, bodyOf = (status) => ({ status }) },
  ) {
    Object.assign(this, { page, name, moved, bodyOf, button: byId(name), dialog: byId(`${name}-dialog`) });
    this.stateNow = () => stateOf(page.order);
    this.targetOf = () => targetOf(page.order, page.who);
    this.kept = draft(name, page.who, page.orderID);
    this.note = byId(`${name}-note`);
    this.note.oninput = () => this.#keep();
    this.button.onclick = () => this.ask();
  }

  /** Ask for the reason, and move the order. */
  async ask() {
    const target = this.targetOf();
    fill(this.dialog, { target });
    if ((await ask(this.dialog)) !== this.name) return this.kept.clear();
    await this.page.change(this.button, { ...this.bodyOf(target), note: lines(this.note.value) });
    if (this.stateNow() === target) this.#show("");
  }

  #keep() {
    this.kept.save({ target: this.targetOf(), text: this.note.value });
    this.#require();
  }

  /** Require a visible reason. Blanks are none. */
  #require() {
    this.note.setCustomValidity(lines(this.note.value) ? "" : "Say why: it goes into the timeline.");
  }

  #show(text) {
    this.note.value = text;
    if (!text) this.kept.clear();
    this.#require();
  }

  /** Fill in the reason that was typed before a reload or a new sign-in. */
  recall() {
    this.#show(this.kept.load()?.text ?? "");
  }

  /** Continue with the reason that was typed before, unless it is too late. Return whether there is one. */
  resume() {
    const kept = this.kept.load();
    if (!kept) return false;
    if (this.targetOf() === kept.target) this.ask();
    else this.#drop(kept.target);
    return true;
  }

  #drop(target) {
    const state = this.stateNow();
    this.#show("");
    if (state !== target) this.page.notice(`The order was not ${this.moved}: it is ${state} by now.`);
  }
}
