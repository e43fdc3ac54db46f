// The list of a combobox: the offered items, and the one that is pointed at.

/** The list after an input. `option(item)` makes an element, `keyOf(item)` identifies an item, `onPick(item)` takes a click. */
export class Suggestions {
  items = [];
  #active = -1;

  constructor(input, { option, keyOf, onPick }) {
    Object.assign(this, { input, option, keyOf, onPick });
    this.element = input.nextElementSibling;
    [this.options, this.note] = this.element.children;
  }

  get hidden() {
    return this.element.hidden;
  }

  /** The item that is pointed at, or undefined. */
  get pointed() {
    return this.items[this.#active];
  }

  /** Marks the items as results for an earlier text. */
  markStale() {
    this.element.dataset.stale = "";
    this.#point(-1);
  }

  markFresh() {
    delete this.element.dataset.stale;
  }

  /** Offers items, and a note under them; without both the list closes. */
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

  /** Closes the list and removes its items. */
  clear() {
    this.close();
    this.items = [];
  }

  /** Points at the next item (1) or the one before (-1), round the ends. */
  step(by) {
    if (!this.items.length) return;
    const from = this.#active < 0 && by < 0 ? 0 : this.#active;
    this.#point((from + by + this.items.length) % this.items.length);
  }

  #optionOf(item, index) {
    const element = this.option(item);
    element.id = `${this.options.id}-${index}`;
    element.onpointerdown = (event) => event.preventDefault(); // the focus stays in the field
    element.onclick = () => this.onPick(item);
    return element;
  }

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
