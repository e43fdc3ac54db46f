// A field that offers fitting items while somebody types: a combobox with a list (WAI-ARIA, list autocomplete).
import { typeInto } from "./dom.js";
import { Suggestions } from "./suggestions.js";

const PAUSE_MS = 120; // without typing before the search begins

/**
 * Wires an input and the list that stands right after it. `find(text, signal)` resolves to {items, note} or rejects;
 * `option(item)` makes the element of an item, `keyOf(item)` identifies it; `onPick(item, input)` gets the chosen one.
 *
 * A `free` field takes any text, so nothing is chosen before somebody points at it. `narrow(text)` returns {items, note}
 * that are known without asking, or null. Enter may come before the response, and so may what is then typed into the
 * field that onPick leads to; `exact(text, signal)` may then resolve at once to the item of that very name, or null.
 */
export const combobox = (options) => new Combobox(options);

class Combobox {
  #moved = false; // somebody pointed with the arrow keys since the last letter
  #waiting = false; // for the response to the text in the field
  #pickFirst = false; // Enter came before the response
  #ahead = ""; // typed after that Enter
  #asking = new AbortController();
  #timer;

  constructor({ input, find, option, keyOf, onPick, free = false, shortest = 1, narrow, exact }) {
    Object.assign(this, { input, find, onPick, free, shortest, narrow, exact });
    this.list = new Suggestions(input, { option, keyOf, onPick: this.#pick });
    // Properties instead of listeners, because a form that is opened again is wired again and must not search twice.
    Object.assign(input, { oninput: this.#search, onblur: this.#leave, onkeydown: this.#press });
  }

  #search = () => {
    this.#stop();
    const text = this.input.value.trim();
    if (text.length < this.shortest) return void this.list.close();
    const known = this.narrow?.(text);
    if (known) return void this.#show(known);
    this.#waiting = true;
    this.list.markStale();
    this.#asking = new AbortController();
    this.#timer = setTimeout(() => this.#ask(text, this.#asking.signal), PAUSE_MS);
  };

  /** Cancels the running search. */
  #stop() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.list.markFresh();
    this.#waiting = this.#moved = this.#pickFirst = false;
    this.#ahead = "";
  }

  async #ask(text, signal) {
    if (!this.free && this.list.hidden) this.#show({ items: [], note: "Searching …" });
    const found = await this.find(text, signal).catch(({ message }) => ({
      items: [],
      note: this.free ? "" : message,
    }));
    if (signal.aborted || !this.input.matches(":focus:enabled")) return;
    this.#waiting = false;
    this.list.markFresh();
    this.#show(found);
    if (this.#pickFirst && this.list.items.length) this.#pick(this.list.items[0]);
    else if (this.#ahead) typeInto(this.input, this.#ahead);
    this.#pickFirst = false;
  }

  #show({ items, note = "" }) {
    this.list.show(items, note, { keepPointed: this.#moved, pointFirst: !this.free });
  }

  #pick = (item) => {
    const typed = this.#ahead;
    this.#stop();
    this.list.clear();
    this.onPick(item, this.input);
    if (typed) typeInto(document.activeElement, typed);
  };

  #step(by) {
    if (this.list.hidden) return this.#search();
    if (this.list.items.length) this.#moved = true;
    return this.list.step(by);
  }

  #enter = () => {
    const { pointed, hidden } = this.list;
    if (pointed && (this.#moved || !this.#waiting) && !hidden) return this.#pick(pointed);
    if (this.free || this.#pickFirst || !this.input.value.trim()) return undefined;
    if (!this.#waiting) this.#search();
    this.#pickFirst = this.#waiting;
    return this.#waiting && this.#pickExact(this.#asking.signal);
  };

  async #pickExact(signal) {
    const item = await this.exact?.(this.input.value.trim(), signal);
    if (item && !signal.aborted) this.#pick(item);
  }

  #leave = () => {
    this.#stop();
    this.list.close();
  };

  #keys = {
    ArrowDown: () => this.#step(1),
    ArrowUp: () => this.#step(-1),
    Enter: this.#enter,
    Escape: this.#leave,
  };

  #press = (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const isAhead = this.#pickFirst && event.key.length === 1;
    if (!isAhead && !(event.key in this.#keys)) return;
    event.preventDefault();
    if (isAhead) this.#ahead += event.key;
    else this.#keys[event.key]();
  };
}
