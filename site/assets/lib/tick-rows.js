// @ts-check
// Rows of a table with tick boxes that stay ticked from page to page. A click with Shift ticks a range.

/**
 * A row that was made for a content.
 * @typedef {HTMLTableRowElement & {content: any}} Row
 */

export class TickRows {
  /** The chosen contents by their keys, on this page of the list and on others. */
  chosen = new Map();

  /** @type {Row | undefined} */
  #anchor; // where a range begins

  /**
   * Tick the rows of `body`, whose contents `keyOf` tells apart, and all of them by the box `all`.
   * @param {{body: HTMLElement, all: HTMLInputElement, keyOf: (content: any) => string}} parts
   */
  constructor({ body, all, keyOf }) {
    this.body = body;
    this.all = all;
    this.keyOf = keyOf;
    body.closest("table")?.addEventListener("click", ({ target, shiftKey }) => {
      const box = /** @type {HTMLInputElement} */ (target);
      if (box.type === "checkbox") this.#pick(box, shiftKey);
    });
  }

  /**
   * Show these contents in place of those on screen. What was chosen before is chosen as it is now.
   * @param {any[]} contents
   * @param {(content: any) => HTMLTableRowElement} rowOf
   */
  show(contents, rowOf) {
    for (const content of contents)
      if (this.chosen.has(this.keyOf(content))) this.chosen.set(this.keyOf(content), content);
    this.body.replaceChildren();
    this.add(contents, rowOf);
    this.all.disabled = !contents.length;
  }

  /**
   * Show these contents below those on screen.
   * @param {any[]} contents
   * @param {(content: any) => HTMLTableRowElement} rowOf
   */
  add(contents, rowOf) {
    this.body.append(...contents.map((content) => Object.assign(rowOf(content), { content })));
    this.showChosen();
  }

  /** Tick the boxes of what is chosen, and tell the bar below the list. */
  showChosen() {
    const rows = this.#rows();
    for (const row of rows) this.#box(row).checked = this.#has(row);
    const ticked = rows.filter((row) => this.#has(row)).length;
    this.all.checked = ticked > 0 && ticked === rows.length;
    this.all.indeterminate = ticked > 0 && !this.all.checked;
    this.body.dispatchEvent(new CustomEvent("selection", { bubbles: true, detail: { ticked } }));
  }

  /**
   * Handle a click on a box, which has changed it already.
   * @param {HTMLInputElement} box
   * @param {boolean} shiftKey
   */
  #pick(box, shiftKey) {
    const rows = this.#rows();
    const own = rows.find((row) => row.contains(box));
    for (const { content } of own ? this.#range(rows, own, shiftKey) : rows)
      if (box.checked) this.chosen.set(this.keyOf(content), content);
      else this.chosen.delete(this.keyOf(content));
    if (own) this.#anchor = own;
    this.showChosen();
  }

  /** @type {(rows: Row[], own: Row, shiftKey: boolean) => Row[]} */
  #range(rows, own, shiftKey) {
    const ends = [this.#anchor ? rows.indexOf(this.#anchor) : -1, rows.indexOf(own)];
    const [first, last] = ends.toSorted((a, b) => a - b);
    return shiftKey && first >= 0 ? rows.slice(first, last + 1) : [own];
  }

  #rows() {
    return /** @type {Row[]} */ ([...this.body.children].filter((one) => "content" in one));
  }

  /** @type {(row: Row) => boolean} */
  #has(row) {
    return this.chosen.has(this.keyOf(row.content));
  }

  /** @type {(row: Row) => HTMLInputElement} */
  #box(row) {
    return /** @type {HTMLInputElement} */ (row.querySelector("input"));
  }
}
