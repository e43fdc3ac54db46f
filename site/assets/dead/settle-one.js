// The buttons of admins on the page of one dead letter: send it again with a note, or discard it for a reason.
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { newOrderPage } from "../lib/links.js";
import { lines } from "../lib/text.js";
import { adviceOf } from "./advice.js";
import { discard, sendAgain } from "./letters.js";
import { isMendable, outcomeOf, whyNotDiscarded, whyNotSent } from "./words.js";

const WHAT_HAPPENS = {
  orders: "It goes again as it is, with its own order ID, so it is never placed twice.",
  notifications: "The mail about this change is made and sent at once.",
  views: "The change is counted at once, and never twice.",
  webhooks: "The event goes to the connected shop, which knows it by its ID if it has it already.",
  pages: "The pages of the product, or all pages of the shop, are made anew.",
};

/** Show the buttons for what is possible with the letter. The likeliest is the primary one. */
export function showActions(letter) {
  const isOrder = ["placed", "rejected"].includes(outcomeOf(letter)); // nothing is left to send
  const [canSend, canMend] = [!whyNotSent(letter) && !isOrder, isMendable(letter)];
  byId("send").hidden = !canSend;
  byId("mend").hidden = !canMend;
  byId("discard").hidden = Boolean(whyNotDiscarded(letter));
  byId("mend").href = newOrderPage({ letter: letter.id });
  const mendsFirst = canMend && (!canSend || adviceOf(letter).mend || Boolean(letter.faults?.length));
  byId("mend").classList.toggle("primary", mendsFirst);
  byId("send").classList.toggle("primary", canSend && !mendsFirst);
}

/**
 * Wire the buttons. `page` has `letter()`, `who`, `sent(letter)` after a sending, `discarded()` after a discarding, and
 * `explain(error)`.
 */
export function wireActions(page) {
  const sending = new Question(page, "send", "redrive");
  const discarding = new Question(page, "discard", "discard");
  byId("send").onclick = async () => {
    fill(sending.dialog, { text: WHAT_HAPPENS[page.letter().source] ?? WHAT_HAPPENS.orders });
    await sending.put(async (note) => page.sent(await sendAgain(page.letter(), note)));
  };
  byId("discard").onclick = () =>
    discarding.put(async (reason) => page.discarded(await discard(page.letter(), reason)));
}

/** A dialog with a text, which is kept while it is typed, and over an ended session. */
class Question {
  constructor(page, name, kind) {
    Object.assign(this, { page, name, dialog: byId(`${name}-dialog`), note: byId(`${name}-note`) });
    this.kept = draft(kind, page.who, page.letter().id);
    this.note.value = this.kept.load() ?? "";
    this.note.oninput = () => {
      this.kept.save(this.note.value);
      this.#require();
    };
    this.#require();
  }

  /** Require a visible text where one is required. Blanks are none. */
  #require() {
    const isMissing = this.note.required && !lines(this.note.value);
    this.note.setCustomValidity(isMissing ? "Say why: it goes into the history." : "");
  }

  /** Ask, and call `act(text)` if the person confirms. The text is forgotten once this succeeded, or with a no. */
  async put(act) {
    const isConfirmed = (await ask(this.dialog, "keep")) === this.name;
    try {
      if (isConfirmed) await act(this.note.value);
    } catch (error) {
      return this.page.explain(error);
    }
    this.note.value = "";
    this.kept.clear();
    return this.#require();
  }
}
