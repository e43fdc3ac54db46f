// The card with the note on a customer, which staff edit in place. What is typed is kept until it is stored or dropped.
import { announce, byId, fill } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { isolated, time } from "../lib/format.js";
import { lines } from "../lib/text.js";
import { sessionEnded } from "../shell/shell.js";
import { writeNote } from "./write-note.js";

const [card, form, field] = ["note-card", "note-form", "note"].map(byId);

export class NoteCard {
  #customer;
  #isSaving = false;

  /** Wire the card for the person `who`. */
  constructor(who) {
    this.who = who;
    byId("edit-note").onclick = () => this.#write(this.#customer.note ?? "");
    byId("drop-note").onclick = () => this.#read();
    field.oninput = () => this.drafts.save(field.value);
    field.onkeydown = (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
      if (event.key === "Escape") this.#read();
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      if (!this.#isSaving) this.#save();
    };
  }

  /** Show the note on a customer. A note that the person is writing stays in the field. */
  show(customer) {
    const isOther = this.#customer?.email !== customer.email;
    this.#customer = customer;
    this.drafts = draft("note", this.who, customer.email);
    const { note, noteBy, noteAt } = customer;
    fill(card, {
      note,
      "no-note": note ? "" : "Nothing to know about this customer.",
      noted: note && [`By ${isolated(noteBy)}, `, time(noteAt)],
    });
    byId("edit-note").textContent = note ? "Edit note" : "Write a note";
    const typed = this.drafts.load();
    if (isOther && typed !== null) this.#write(typed, { focus: false });
    else if (isOther) this.#toggle(false);
  }

  #toggle(isWriting) {
    form.hidden = !isWriting;
    byId("note-reading").hidden = isWriting;
    this.#showProblem("");
  }

  #write(text, { focus = true } = {}) {
    field.value = text;
    this.#toggle(true);
    if (focus) field.focus();
  }

  #read() {
    this.drafts.clear();
    this.#toggle(false);
    byId("edit-note").focus();
  }

  async #save() {
    this.#isSaving = field.readOnly = true;
    try {
      const note = lines(field.value);
      const customer =
        note === (this.#customer.note ?? "") ? this.#customer : await writeNote(this.#customer, note);
      this.#read();
      this.show(customer);
      announce(note ? "The note is saved." : "The note is removed.");
    } catch (error) {
      this.#failed(error);
    }
    this.#isSaving = field.readOnly = false;
  }

  #failed(error) {
    if (sessionEnded(error)) return;
    const { current, status, message } = error;
    if (!current)
      return this.#showProblem(status === 404 ? "This customer has no orders any more." : message);
    this.show(current);
    const now = current.note ? `It is now: ${isolated(current.note)}` : "It is gone now.";
    this.#showProblem(`Somebody changed the note in the meantime. ${now} Save again to keep what you typed.`);
  }

  #showProblem(text) {
    byId("note-problem").textContent = text;
    byId("note-problem").hidden = !text;
  }
}
