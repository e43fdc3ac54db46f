// The order that somebody discarded. It can be brought back until the next order is sent.
import { announce, byId, fill } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { time } from "../lib/format.js";
import { forgetUndo, offerUndo } from "./undo.js";

/** `onDiscard` is called after Discard was pressed, and `onBack` after the form was filled again. */
export class Discarded {
  constructor({ who, form, onBack, onDiscard }) {
    Object.assign(this, { form, onBack, kept: draft("discarded", who) });
    byId("discard").onclick = () => {
      this.#keep();
      onDiscard();
    };
    this.#offer("The order was discarded.");
  }

  /** Show that the order on the page was left at a time (ISO 8601), with a button that discards it. */
  showLeft(at) {
    const left = byId("left-order");
    fill(left, { at: time(at) }).hidden = false;
    left.querySelector("button").onclick = () => byId("discard").click();
    announce(left.querySelector("p").textContent);
  }

  hideLeft() {
    byId("left-order").hidden = true;
  }

  /** Keep what is typed. */
  #keep() {
    if (!this.form.isBlank) this.kept.save(this.form.values());
  }

  forget() {
    this.kept.clear();
    forgetUndo();
  }

  #offer(text) {
    if (this.kept.load()) offerUndo(text, () => this.#bringBack());
  }

  /** Exchange what was discarded for what is typed. */
  #bringBack() {
    const back = this.kept.load();
    this.kept.clear();
    this.#keep();
    this.hideLeft();
    this.form.fill(back);
    this.onBack();
    this.form.focus();
    this.#offer("Another order was put aside.");
  }
}
