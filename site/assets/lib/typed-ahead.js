// @ts-check
// The keys that are typed while an Enter waits for its search. They are typed into the next fields once the choice is made.
import { typeInto } from "./dom.js";

const MAX_KEYS = 72;

/** Keys in order, with a line end for an Enter. */
export class TypedAhead {
  /** @type {string | null} */
  #text = null; // the text whose Enter waits
  #keys = "";

  /** @param {(lines: string[]) => void} onDropped is called with lines that were typed and are not taken */
  constructor(onDropped) {
    this.onDropped = onDropped;
  }

  get isWaiting() {
    return this.#text !== null;
  }

  get isEmpty() {
    return !this.#keys;
  }

  /** Keep keys from now on. @param {string} text */
  begin(text) {
    this.#text = text;
  }

  /**
   * Keep a key. Return whether the field has no further use for it. Ctrl+Enter does nothing, because the order on the form is
   * not the whole one yet.
   * @param {KeyboardEvent} event
   */
  keep(event) {
    const { key, repeat } = event;
    if (!this.isWaiting) return false;
    if (event.ctrlKey || event.metaKey) {
      if (key === "Enter") event.stopPropagation();
      return key === "Enter";
    }
    if (key === "Backspace" && this.#keys) this.#keys = this.#keys.replace(/[^\n]$/u, "");
    else if (key === "Enter") this.#keys += repeat ? "" : "\n";
    else if (/^.$/u.test(key)) this.#keys += key;
    else return false;
    if (this.#keys.length > MAX_KEYS) this.drop();
    return true;
  }

  /** Return the keys, and keep no others. */
  take() {
    const keys = this.#keys;
    this.#text = null;
    this.#keys = "";
    return keys;
  }

  /** Drop the keys, and name the lines that are lost. */
  drop() {
    const text = this.#text ?? "";
    const lines = written(this.take());
    if (lines.length) this.onDropped([text, ...lines]);
  }

  /**
   * Type keys line by line into the field that has the focus, until the Enter of a line waits again. If a line does not lead to
   * another field, the page asks something first, and the lines after it are not typed.
   * @param {string} keys
   */
  replay(keys) {
    let rest = keys;
    while (rest) {
      const field = /** @type {HTMLInputElement} */ (document.activeElement);
      const length = rest.indexOf("\n") + 1 || rest.length;
      typeInto(field, rest.slice(0, length));
      rest = rest.slice(length);
      if (this.isWaiting) return void (this.#keys = rest);
      if (document.activeElement === field) break;
    }
    const lines = written(rest);
    if (lines.length) this.onDropped(lines);
  }
}

/** @param {string} keys */
const written = (keys) =>
  keys
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
