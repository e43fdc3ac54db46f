// @ts-check
// The list of suggestions of a combobox. One of them may be highlighted.

/** @typedef {{items: any[], note?: string}} Found */
/**
 * @typedef {object} Options
 * @property {HTMLInputElement} input the list is the element after it
 * @property {(text: string, signal: AbortSignal) => Promise<Found>} find resolves to the items that a text finds
 * @property {(text: string) => Found | null} [narrow] returns a result that needs no search
 * @property {(text: string, signal: AbortSignal) => Promise<any>} [exact] resolves to the item of this exact name, or null
 * @property {(item: any) => HTMLElement} option returns the element of an item
 * @property {(item: any) => unknown} keyOf returns a key that identifies an item
 * @property {(item: any, input: HTMLInputElement) => void} onPick is called with the chosen item. Letters that were typed
 * between an Enter before the response and the choice go into the field that `onPick` focuses
 * @property {(lines: string[]) => void} [onDropped] is called with lines typed after such an Enter, its own first, if there is
 * no clear choice
 * @property {() => unknown} [onEmpty] is called after Enter without a text
 * @property {boolean} [free] whether the field accepts any text. If so, no item is highlighted until an arrow key is pressed
 * @property {number} [shortest] the length of the shortest text that is searched
 */

/** The list after an input. */
export class Suggestions {
  /** @type {any[]} */
  items = [];
  #active = -1;

  /** @param {Pick<Options, "input" | "option" | "keyOf"> & {onPick: (item: any) => void}} options */
  constructor({ input, option, keyOf, onPick }) {
    this.input = input;
    this.option = option;
    this.keyOf = keyOf;
    this.onPick = onPick;
    this.element = /** @type {HTMLElement} */ (input.nextElementSibling);
    this.options = this.element.children[0];
    this.note = this.element.children[1];
  }

  get hidden() {
    return this.element.hidden;
  }

  /** The highlighted item, or undefined. */
  get pointed() {
    return this.items[this.#active];
  }

  /** Mark the suggestions as those of an earlier text. */
  markStale() {
    this.element.dataset.stale = "";
    this.#point(-1);
  }

  markFresh() {
    delete this.element.dataset.stale;
  }

  /**
   * Show items and a note under them. Without both, close the list.
   * @param {any[]} items
   * @param {string} note
   * @param {{keepPointed: boolean, pointFirst: boolean}} highlight
   */
  show(items, note, { keepPointed, pointFirst }) {
    const before = keepPointed ? this.pointed : undefined;
    this.items = items;
    this.options.replaceChildren(...items.map((item, index) => this.#optionOf(item, index)));
    this.note.textContent = note;
    if (!items.length && !note) return this.close();
    this.element.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    const same = before ? items.findIndex((item) => this.keyOf(item) === this.keyOf(before)) : -1;
    return this.#point(same >= 0 ? same : pointFirst && items.length ? 0 : -1);
  }

  close() {
    this.element.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.#point(-1);
  }

  /** Close the list and forget its items. */
  clear() {
    this.close();
    this.items = [];
  }

  /**
   * Highlight the next item (1) or the previous item (-1). The first item follows the last.
   * @param {number} by
   */
  step(by) {
    if (!this.items.length) return;
    const from = this.#active < 0 && by < 0 ? 0 : this.#active;
    this.#point((from + by + this.items.length) % this.items.length);
  }

  /** @type {(item: any, index: number) => HTMLElement} */
  #optionOf(item, index) {
    const element = this.option(item);
    element.id = `${this.options.id}-${index}`;
    element.onpointerdown = (event) => event.preventDefault(); // the focus stays in the field
    element.onclick = () => this.onPick(item);
    return element;
  }

  /** @param {number} index */
  #point(index) {
    this.options.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index;
    const pointed = this.options.children[index];
    if (!pointed) return this.input.removeAttribute("aria-activedescendant");
    pointed.setAttribute("aria-selected", "true");
    pointed.scrollIntoView({ block: "nearest" });
    return this.input.setAttribute("aria-activedescendant", pointed.id);
  }
}
