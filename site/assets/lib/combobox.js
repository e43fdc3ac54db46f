// @ts-check
// A field that suggests items while a person types: a combobox with a list (WAI-ARIA, list autocomplete).
import { typeInto } from "./dom.js";
import { Suggestions } from "./suggestions.js";

const PAUSE_MS = 120; // from the last letter to the search

/** Make a combobox from an input and the list after it. @param {import("./suggestions.js").Options} options */
export const combobox = (options) => new Combobox(options);

class Combobox {
  #moved = false; // an arrow key was pressed since the last letter
  #waiting = false; // the response to the text in the field has not come yet
  #pickOnly = false; // Enter was pressed before the response, whose item is then chosen if there is only one
  #ahead = ""; // the text typed after that Enter, with a line end for another Enter
  #asking = new AbortController();
  #timer = 0;

  /** @param {import("./suggestions.js").Options} options */
  constructor(options) {
    this.options = { free: false, shortest: 1, ...options };
    this.input = options.input;
    this.list = new Suggestions({ ...options, onPick: this.#pick });
    // Properties replace the handlers of an earlier combobox. Listeners would add up, and a form opened again search twice.
    Object.assign(this.input, { oninput: this.#search, onblur: this.#leave, onkeydown: this.#press });
  }

  #search = () => {
    this.#abort();
    const text = this.input.value.trim();
    if (text.length < this.options.shortest) return void this.list.close();
    const known = this.options.narrow?.(text);
    if (known) return void this.#show(known);
    this.#waiting = true;
    this.list.markStale();
    this.#asking = new AbortController();
    this.#timer = setTimeout(() => this.#ask(text, this.#asking.signal), PAUSE_MS);
  };

  #abort() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.list.markFresh();
    this.#waiting = this.#moved = this.#pickOnly = false;
    this.#ahead = "";
  }

  async #ask(/** @type {string} */ text, /** @type {AbortSignal} */ signal) {
    if (!this.options.free && this.list.hidden) this.#show({ items: [], note: "Searching …" });
    const found = await this.options.find(text, signal).catch(({ message }) => ({
      items: [],
      note: this.options.free ? "" : message,
    }));
    if (signal.aborted || !this.input.matches(":focus:enabled")) return;
    this.#waiting = false;
    this.list.markFresh();
    this.#show(found);
    if (this.#pickOnly && this.list.items.length === 1) this.#pick(this.list.items[0]);
    this.#pickOnly = false;
  }

  /** @param {import("./suggestions.js").Found} found */
  #show({ items, note = "" }) {
    this.list.show(items, note, { keepPointed: this.#moved, pointFirst: !this.options.free });
  }

  #pick = (/** @type {any} */ item) => {
    const typed = this.#ahead;
    this.#abort();
    this.list.clear();
    this.options.onPick(item, this.input);
    if (typed) typeInto(/** @type {HTMLInputElement} */ (document.activeElement), typed);
  };

  #step(/** @type {number} */ by) {
    if (this.list.hidden) return this.#search();
    if (this.list.items.length) this.#moved = true;
    return this.list.step(by);
  }

  #enter = () => {
    const { pointed, hidden } = this.list;
    if (pointed && (this.#moved || !this.#waiting) && !hidden) return this.#pick(pointed);
    if (!this.input.value.trim()) return this.options.onEmpty?.();
    if (this.options.free || this.#pickOnly) return undefined;
    if (!this.#waiting) this.#search();
    this.#pickOnly = this.#waiting;
    return this.#waiting && this.#pickExact(this.#asking.signal);
  };

  async #pickExact(/** @type {AbortSignal} */ signal) {
    const item = await this.options.exact?.(this.input.value.trim(), signal);
    if (item && !signal.aborted) this.#pick(item);
  }

  #leave = () => {
    this.#abort();
    this.list.close();
  };

  /** @type {Record<string, () => void>} */
  #keys = {
    ArrowDown: () => this.#step(1),
    ArrowUp: () => this.#step(-1),
    Enter: this.#enter,
    Escape: this.#leave,
  };

  #press = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const ahead =
      this.#pickOnly && (event.key === "Enter" ? this.#ahead && "\n" : /^.$/u.exec(event.key)?.[0]);
    if (!ahead && !(event.key in this.#keys)) return;
    event.preventDefault();
    if (ahead) this.#ahead += ahead;
    else this.#keys[event.key]();
  };
}
