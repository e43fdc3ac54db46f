// The field for the quantity of a line: typed, counted up, added to what the line has, or typed by a barcode scanner.
import { announce, fill } from "../lib/dom.js";
import { wholeNumber } from "../lib/quantity.js";

const SCANNER_MS = 40; // between two characters; nobody types four so fast
const SHORTEST_CODE = 4; // characters of a code that a scanner types, or of a SKU in place of a quantity
const UNUSUAL = 1000; // pieces from which on a quantity is asked about

/**
 * Wires the field in a row, whose `item.quantity` follows it. `onType` is called after each change, `onEnd` when Enter ends
 * the quantity, and `onCode(code, {scanned, takeBack})` with a code in its place. That resolves to whether a product has it.
 */
export class LineQuantity {
  #before = 0; // pieces on the order, to which the typed ones are added
  #first = ""; // the quantity before somebody typed
  #asked = ""; // the unusual quantity that was asked about
  #fast = { text: "", at: 0 }; // what was typed at last without a pause, and when

  constructor(row, handlers) {
    Object.assign(this, { row, ...handlers, input: row.querySelector("input") });
    this.input.value = row.item.quantity;
    this.#remarkOnMinimum();
    this.input.onfocus = () => this.#begin();
    this.input.oninput = () => this.#type();
    this.input.onblur = () => this.#settle();
    this.input.onkeydown = (event) => this.#press(event);
  }

  /** Add the number that is typed next to the quantity of the line. */
  addMore() {
    this.#before = wholeNumber(this.row.item.quantity) ?? 0;
    const before = this.#before.toLocaleString();
    this.input.focus();
    this.input.value = "1";
    this.#type();
    this.input.select();
    this.#begin();
    fill(this.row, { before: `${before} +` });
    announce(`${before} on the order already. Type how many more.`);
  }

  #begin() {
    this.#first = this.row.item.quantity;
    this.#fast = { text: "", at: 0 };
  }

  #type() {
    const typed = this.input.value.trim();
    const more = this.#before ? wholeNumber(typed) : undefined;
    this.#remark("");
    this.#set(more === undefined ? typed : String(this.#before + more));
  }

  #set(quantity) {
    this.row.item.quantity = quantity;
    this.onType();
  }

  #remark(remark) {
    fill(this.row, { remark });
    if (remark) announce(remark);
  }

  /** End the adding, and show the quantity as it is. */
  #settle() {
    this.#before = 0;
    fill(this.row, { before: "" });
    const { quantity } = this.row.item;
    this.input.value = quantity;
    if (quantity && wholeNumber(quantity) === undefined) this.#remark("Not a whole number");
    this.#remarkOnMinimum();
  }

  /** Remark on a quantity below the minimum of the product. It can be sent all the same. */
  #remarkOnMinimum() {
    const { quantity, minQuantity } = this.row.item;
    if (wholeNumber(quantity) < minQuantity) this.#remark(`The minimum is ${minQuantity.toLocaleString()}`);
  }

  #press(event) {
    if (event.key.length === 1) this.#fast = typedAfter(this.#fast, event);
    if (event.key === "Enter") this.#end();
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.input.value = Math.max(1, (wholeNumber(this.input.value.trim()) || 0) + step);
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async #end() {
    const typed = this.input.value.trim();
    const scanned = this.#fast.text.length >= SHORTEST_CODE;
    const isNew = ![this.#asked, this.#first].includes(typed);
    const code = scanned ? this.#fast.text : typed;
    const takeBack = () => this.#takeBack();
    if (isNew && code.length >= SHORTEST_CODE && (await this.onCode(code, { scanned, takeBack }))) return;
    if (isNew && wholeNumber(typed) >= UNUSUAL) this.#ask(typed);
    else this.onEnd();
  }

  #ask(typed) {
    this.#asked = typed;
    this.#remark(`${wholeNumber(typed).toLocaleString()}? Press Enter again if that is right.`);
  }

  /** Set the quantity from before a code was typed in its place. */
  #takeBack() {
    this.#set(this.#first);
    this.#settle();
  }
}

/** Return the text that was typed without a pause, and the time of its last character. */
const typedAfter = ({ text, at }, { key, timeStamp }) => ({
  text: timeStamp - at < SCANNER_MS ? text + key : key,
  at: timeStamp,
});
