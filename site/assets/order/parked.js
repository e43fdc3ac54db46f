// The parked order that is open. What is typed is saved on the server under the ID with which the order will be sent.
import { call } from "../lib/api.js";
import { byId, fill } from "../lib/dom.js";
import { sessionEnded } from "../shell/shell.js";
import { contentOf, isSameContent } from "./draft-content.js";
import { ParkedConflict } from "./parked-conflict.js";

const SAVE_MS = 1_500; // after the last change
const SAVED = "Saved on the server";
const NOT_SAVED = "Not saved on the server yet";
const FAULTS = [400, 409, 413]; // statuses for a fault of the draft, which fails at every try
const GONE = "No longer parked: it was sent or deleted at another desk";

/** `page` has `order()`, which returns the order on the page, `form`, and `keep()`, which keeps the local draft. */
export class Parked {
  #timer = 0;
  saving = Promise.resolve(); // settles once no save is under way
  #sent = []; // contents that the server may have, although no answer came

  constructor(page) {
    this.page = page;
    this.conflict = new ParkedConflict(page, this);
    addEventListener("connected", () => this.changed());
    addEventListener("pagehide", () => this.#timer && this.save({ keepalive: true }));
  }

  get #parked() {
    return this.page.order().parked;
  }

  /** Whether the server has what is typed, under the name that the person gave. */
  get isSaved() {
    const { parked, safe } = this.page.order();
    if (!parked?.version || parked.name !== parked.savedName) return false;
    return isSameContent(contentOf(this.page.order()), safe);
  }

  /** Show the name of the parked order, and whether it is saved. */
  show(state) {
    byId("parked-open").hidden = !this.#parked;
    fill(byId("parked-open"), { name: this.#parked?.name, state });
  }

  /** Save what is typed a moment after the last change. */
  changed() {
    this.rest();
    if (this.#parked?.isGone) this.show(GONE);
    if (this.page.order().stage !== "writing" || !this.#maySave) return;
    this.show(this.isSaved ? SAVED : NOT_SAVED);
    if (!this.isSaved) this.#timer = setTimeout(() => this.save(), SAVE_MS);
  }

  /** Stop the wait after a change. */
  rest() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  /** Park the order under this name. Resolve to whether the server has it. */
  park(name) {
    const orderID = this.#parked?.orderID ?? crypto.randomUUID();
    this.page.order().parked = { ...this.#parked, orderID, name, isGone: false };
    this.page.keep();
    return this.save();
  }

  /** Save what is typed, after any save before it. Resolve to whether the server has it. */
  save(options) {
    this.rest();
    this.saving = this.saving.then(() => this.#save(options));
    return this.saving;
  }

  get #maySave() {
    return this.#parked && !this.#parked.isGone && !this.conflict.isOpen;
  }

  async #save(options) {
    if (this.isSaved) this.show(SAVED);
    if (!this.#maySave || this.isSaved) return this.isSaved;
    const { orderID, name, version } = this.#parked;
    const body = { name, content: contentOf(this.page.order()) };
    this.#sent.push(body.content);
    try {
      const saved = await call("PUT", `/drafts/${orderID}`, { body, version, ...options });
      if (this.#parked) this.#saved(saved, body.content); // otherwise the order was sent meanwhile
      return this.isSaved;
    } catch (error) {
      return this.#parked ? this.#failed(error) : false;
    }
  }

  #saved({ version, name }, content) {
    this.#sent = [];
    Object.assign(this.#parked, { version, savedName: name });
    this.page.order().safe = content;
    this.page.keep();
    this.show(SAVED);
  }

  #failed(error) {
    const theirs = error.status === 412 && error.current;
    if (theirs && this.#sent.some((content) => isSameContent(content, theirs.content))) {
      this.#parked.version = theirs.version;
      return this.#save();
    }
    if (theirs) this.conflict.open(theirs);
    sessionEnded(error);
    if (error.status === 404) this.lost();
    else this.show(FAULTS.includes(error.status) ? `${NOT_SAVED}: ${error.message}` : NOT_SAVED);
    return false;
  }

  /** Note that the server has the order no more. It is saved again only when the person parks it again. */
  lost() {
    Object.assign(this.#parked, { isGone: true, version: undefined });
    this.page.keep();
    this.show(GONE);
  }
}
