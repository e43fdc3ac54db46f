// The list of parked orders beside the title: open, delete, and undo of a deletion.
import { call } from "../lib/api.js";
import { byId, fill, stamp } from "../lib/dom.js";
import { count, isolated, time } from "../lib/format.js";
import { newOrderPage } from "../lib/links.js";
import { sessionEnded } from "../shell/shell.js";
import { deleteFinished, finishedDrafts } from "./finished-drafts.js";
import { offerUndo } from "./undo.js";

const parkedList = byId("parked-list");
const close = () => (parkedList.open = false);
parkedList.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !parkedList.open) return;
  close();
  parkedList.querySelector("summary").focus();
});
addEventListener("pointerdown", ({ target }) => parkedList.contains(target) || close());
const draftPath = (orderID) => `/drafts/${encodeURIComponent(orderID)}`;

/** The parked orders of the person `who`, without the one that is open: `openID()`. */
export class ParkedList {
  #drafts = [];

  constructor(who, openID) {
    Object.assign(this, { who, openID });
  }

  /** Read and show the list. If that fails, it is read again as soon as there is a connection. */
  async load() {
    try {
      await deleteFinished(this.who);
      this.#drafts = (await call("GET", "/drafts")).drafts;
      this.show();
    } catch (error) {
      if (!sessionEnded(error)) addEventListener("connected", () => this.load(), { once: true });
    }
  }

  get #shown() {
    const hidden = [...finishedDrafts(this.who), this.openID()];
    return this.#drafts.filter(({ orderID }) => !hidden.includes(orderID));
  }

  show() {
    const drafts = this.#shown;
    fill(parkedList, { count: `(${drafts.length})` });
    byId("parked-rows").replaceChildren(...drafts.map((draft) => this.#row(draft)));
    parkedList.hidden = !drafts.length;
  }

  #row(draft) {
    const { orderID, name, lineCount, updatedAt } = draft;
    const row = stamp("parked-row", { name, lines: count(lineCount, "line"), at: time(updatedAt) });
    row.querySelector("a").href = newOrderPage({ parked: orderID });
    const button = row.querySelector("button");
    button.ariaLabel = `Delete ${isolated(name)}`;
    button.onclick = () => this.#try(() => this.#delete(draft));
    return row;
  }

  async #try(action) {
    fill(parkedList, { failure: "" });
    try {
      await action();
    } catch (error) {
      if (!sessionEnded(error)) fill(parkedList, { failure: error.message });
    }
  }

  /** Delete a parked order that still is as the list shows it. */
  async #delete({ orderID, name, version }) {
    const { content } = await call("GET", draftPath(orderID));
    await call("DELETE", draftPath(orderID), { version });
    this.#drafts = this.#drafts.filter((draft) => draft.orderID !== orderID);
    this.show();
    parkedList.querySelector("summary").focus();
    const undo = () => call("PUT", draftPath(orderID), { body: { name, content } }).then(() => this.load());
    offerUndo(`The parked order ${isolated(name)} was deleted.`, () => this.#try(undo));
  }
}
