// The field for a comment in the timeline. What is typed is kept until it is stored.
import { call } from "../lib/api.js";
import { announce, byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { lines } from "../lib/text.js";
import { sessionEnded } from "../shell/shell.js";
import { showNewer } from "./freshness.js";
import { hasOnlyRemarks } from "./status.js";

export class CommentField {
  #isSending = false;

  constructor(page) {
    this.page = page;
    this.field = byId("comment");
    this.kept = draft("comment", page.who, page.orderID);
  }

  /** Fill in what was typed before a reload or a new sign-in, and wire the field and its button. */
  wire() {
    this.field.value = this.kept.load() ?? "";
    this.field.oninput = () => this.#keep();
    this.field.onkeydown = (event) => this.#pressed(event);
    byId("comment-form").onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
  }

  #keep() {
    if (this.field.value) this.kept.save(this.field.value);
    else this.kept.clear();
  }

  #pressed(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    this.#send();
  }

  async #send() {
    const comment = lines(this.field.value);
    if (!comment) return this.field.focus();
    if (this.#isSending) return undefined;
    this.#lock(true);
    this.#showProblem("");
    try {
      await this.#sent(await call("PATCH", this.page.path, { body: { comment } }));
    } catch (error) {
      await this.#failed(error);
    }
    return this.#lock(false);
  }

  #lock(isSending) {
    this.#isSending = isSending;
    this.field.readOnly = isSending; // what is typed now would be lost
  }

  async #sent(order) {
    this.field.value = "";
    this.kept.clear();
    if (hasOnlyRemarks(this.page.order, order)) this.page.display(order);
    else await this.#showOthers(order);
    announce("The comment is added.");
  }

  /** Show what others did with the order before the comment. Their latest change is the entry before it. */
  #showOthers(order) {
    const { by } = order.history.at(-2);
    return showNewer(this.page, order, { by, rest: "Your comment is added.", focus: false });
  }

  async #failed(error) {
    if (sessionEnded(error)) return;
    if (error.status === 404) await this.page.explain(error);
    else this.#showProblem(error.message);
  }

  #showProblem(text) {
    byId("comment-problem").textContent = text;
    byId("comment-problem").hidden = !text;
  }
}
