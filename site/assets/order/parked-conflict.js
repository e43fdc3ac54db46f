// The notice that another desk has saved the parked order meanwhile. The person chooses a version, and can take it back.
import { byId, fill } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { contentOf } from "./draft-content.js";
import { offerUndo } from "./undo.js";

/** `page` is that of parked.js, and `parked` saves the version that the person chose. */
export class ParkedConflict {
  #theirs = null;

  constructor(page, parked) {
    Object.assign(this, { page, parked });
    byId("parked-theirs").onclick = () => this.#takeTheirs();
    byId("parked-mine").onclick = () => this.#keepMine();
  }

  get isOpen() {
    return this.#theirs !== null;
  }

  open(theirs) {
    this.#theirs = theirs;
    fill(byId("parked-conflict"), { at: time(theirs.updatedAt) }).hidden = false;
  }

  /** Close the notice. The next save replaces the other version, whose name and content are returned. */
  #close() {
    const { name, content, version } = this.#theirs;
    this.#theirs = null;
    byId("parked-conflict").hidden = true;
    const order = this.page.order();
    order.safe = content;
    Object.assign(order.parked, { version, savedName: name });
    return { name, content };
  }

  #keepMine() {
    this.#close();
    this.page.form.focus();
    this.#save();
  }

  #takeTheirs() {
    const mine = contentOf(this.page.order());
    const { name, content } = this.#close();
    this.page.order().parked.name = name;
    this.#fill(content);
    offerUndo("Your version was replaced.", () => this.#fill(mine));
  }

  #fill(content) {
    this.page.form.fill(content);
    this.page.keep();
    this.page.form.focus();
    this.#save();
  }

  #save() {
    this.parked.changed();
    this.parked.save();
  }
}
