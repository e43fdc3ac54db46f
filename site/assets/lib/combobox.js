// @ts-check
// A field that suggests items while a person types: a combobox with a list (WAI-ARIA, list autocomplete).
import { Suggestions } from "./suggestions.js";
import { TypedAhead } from "./typed-ahead.js";

const PAUSE_MS = 120; // from the last letter to the search

/** Make a combobox from an input and the list after it. @param {import("./suggestions.js").Options} options */
export const combobox = (options) => new Combobox(options);

class Combobox {
  #moved = false; // an arrow key was pressed since the last letter
  #waiting = false; // the response to the text in the field has not come yet
  #exact = Promise.resolve(); // settles once the item of the exact text is chosen, or there is none
  #asking = new AbortController();
  #timer = 0;

  /** @param {import("./suggestions.js").Options} options */
  constructor(options) {
    this.options = { free: false, shortest: 1, ...options };
    this.input = options.input;
    this.ahead = new TypedAhead((lines) => options.onDropped?.(lines));
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
    this.#waiting = this.#moved = false;
    this.ahead.drop();
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
    if (this.ahead.isWaiting && found.items.length === 1) return this.#pick(found.items[0]);
    await this.#exact;
    if (!signal.aborted) this.ahead.drop();
  }

  /** @param {import("./suggestions.js").Found} found */
  #show({ items, note = "" }) {
    const pointFirst = !this.options.free && this.ahead.isEmpty; // whoever types ahead has not seen the first
    this.list.show(items, note, { keepPointed: this.#moved, pointFirst });
  }

  #pick = (/** @type {any} */ item) => {
    const keys = this.ahead.take();
    this.#abort();
    this.list.clear();
    this.options.onPick(item, this.input);
    this.ahead.replay(keys);
  };

  #step(/** @type {number} */ by) {
    this.ahead.drop();
    if (this.list.hidden) return this.#search();
    if (this.list.items.length) this.#moved = true;
    return this.list.step(by);
  }

  #enter = () => {
    const { pointed, hidden } = this.list;
    if (pointed && (this.#moved || !this.#waiting) && !hidden) return this.#pick(pointed);
    if (!this.input.value.trim()) return this.options.onEmpty?.();
    if (this.options.free) return undefined;
    if (!this.#waiting) this.#search();
    if (!this.#waiting) return undefined;
    this.ahead.begin(this.input.value.trim());
    return (this.#exact = this.#pickExact(this.#asking.signal));
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
    if (event.isComposing) return;
    const isKept = this.ahead.keep(event);
    if (!isKept && (event.ctrlKey || event.metaKey || !(event.key in this.#keys))) return;
    event.preventDefault();
    if (!isKept) this.#keys[event.key]();
  };
}
