// The charges of an order being written: delivery, a discount, or goods without a SKU.
import { byId } from "../lib/dom.js";
import { linesTotal } from "./amounts.js";
import { chargeIn, chargeRow, nameIn, numberCharge, showCharge } from "./charge-row.js";
import { currencyOf } from "./running-total.js";
import { offerUndo } from "./undo.js";

const BLANK = { kind: "delivery", text: "", amount: "" };

/** The charges, each as typed: {kind, text, amount}. `onChange` is called after each change, `onDone` when Enter ends an amount. */
export class OrderCharges {
  #rows = byId("charge-rows");

  constructor({ onChange, onDone }) {
    Object.assign(this, { onChange, onDone });
    byId("add-charge").onclick = () => this.#add();
  }

  values() {
    return [...this.#rows.children].map(chargeIn);
  }

  /** Replace all charges. */
  fill(charges) {
    this.#rows.replaceChildren(...charges.map(this.#rowOf));
    this.#changed();
  }

  /** Show the amounts beside these lines, of which a discount may be a share. */
  show(items) {
    const [lines, currency] = [linesTotal(items), currencyOf(items)];
    for (const row of this.#rows.children) showCharge(row, lines, currency);
  }

  #rowOf = (charge) =>
    chargeRow(charge, {
      onLeave: () => this.onChange(),
      onEnd: () => this.onDone(),
      onRemove: (row) => this.#remove(row),
    });

  #add() {
    const row = this.#rowOf(BLANK);
    this.#rows.append(row);
    this.#changed();
    row.querySelector("select").focus();
  }

  #remove(row) {
    const [place, next] = [row.nextElementSibling, row.nextElementSibling ?? row.previousElementSibling];
    row.remove();
    this.#changed();
    offerUndo(`${nameIn(row)} was removed.`, () => this.#bringBack(row, place));
    (next?.querySelector("[data-remove]") ?? byId("add-charge")).focus();
  }

  /** Put a removed row back in front of the row that followed it, or at the end. */
  #bringBack(row, place) {
    this.#rows.insertBefore(row, place?.isConnected ? place : null);
    this.#changed();
    row.querySelector("select").focus();
  }

  #changed() {
    [...this.#rows.children].forEach(numberCharge);
    this.#rows.hidden = !this.#rows.children.length;
    this.onChange();
  }
}
