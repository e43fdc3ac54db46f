// One charge of an order being written: its row with kind, text and amount.
import { chargeLabel, isKind } from "../lib/charges.js";
import { fill, stamp } from "../lib/dom.js";
import { isolated, money } from "../lib/format.js";
import { amountOf, typedShare } from "./amounts.js";

const PARTS = { kind: "Charge", text: "Text", amount: "Amount" };

const fieldIn = (row, name) => row.querySelector(`[name="charge-${name}"]`);

/** Return what is typed in a row, as {kind, text, amount}. */
export const chargeIn = (row) =>
  Object.fromEntries(Object.keys(PARTS).map((name) => [name, fieldIn(row, name).value]));

/** Return the name of a row in a sentence. */
export const nameIn = (row) => isolated(chargeLabel(chargeIn(row)));

/** Return a row for a charge. `onEnd` is called when Enter ends the amount, and `onRemove` with the row. */
export function chargeRow(charge, { onLeave, onEnd, onRemove }) {
  const row = stamp("charge-row");
  if (!isKind(charge.kind)) fieldIn(row, "kind").add(unknownKind(charge), 0);
  for (const name of Object.keys(PARTS)) fieldIn(row, name).value = charge[name];
  fieldIn(row, "amount").onblur = onLeave;
  row.onkeydown = ({ key, target }) => {
    if (key !== "Enter") return;
    if (target === fieldIn(row, "text")) fieldIn(row, "amount").focus();
    if (target === fieldIn(row, "amount")) onEnd();
  };
  row.querySelector("[data-remove]").onclick = () => onRemove(row);
  return row;
}

/** Return a choice for the kind of a dead letter's charge that does not exist, so that a person sees and changes it. */
const unknownKind = ({ kind }) => new Option(kind ? `${kind} (not known)` : "Choose a kind", kind);

/** Name a row's fields by their path in the order, and label them for a screen reader. */
export function numberCharge(row, index) {
  for (const [name, label] of Object.entries(PARTS)) {
    const field = row.querySelector(`[data-part="${name}"]`);
    const id = `charge-${index}-${name}`;
    const full = name === "kind" ? `Charge ${index + 1}` : `${label} of charge ${index + 1}`;
    Object.assign(field.dataset, { field: `charges[${index}].${name}`, short: label, label: full });
    field.querySelector(".field-error").id = `${id}-error`;
    field.querySelector("label").htmlFor = fieldIn(row, name).id = id;
    fieldIn(row, name).setAttribute("aria-label", full);
  }
  describeAmount(row, fieldIn(row, "amount"));
}

/** Name the remark, and the error if there is one, as the description of the amount for screen readers. */
function describeAmount(row, amount) {
  const [remark, error] = ["[data-slot=remark]", "[data-part=amount] .field-error"].map((part) =>
    row.querySelector(part),
  );
  remark.id = `${amount.id}-remark`;
  amount.setAttribute("aria-describedby", error.hidden ? remark.id : `${remark.id} ${error.id}`);
}

/** Show the amount of a row as money, and what a share is taken of. `lines` is the sum of the lines if it is known. */
export function showCharge(row, lines, currency) {
  const charge = chargeIn(row);
  const amount = amountOf(charge, lines, currency);
  fill(row, {
    optional: charge.kind === "other" ? "" : "(optional)",
    remark: remarkOn(charge, amount, lines, currency, document.activeElement === fieldIn(row, "amount")),
    money: amount === undefined ? "–" : money(amount, currency),
  });
  row.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${nameIn(row)}`);
}

/** Return a remark on a typed amount. While somebody types, an amount that is not understood yet gets none. */
function remarkOn(charge, amount, lines, currency, isTyping) {
  const share = typedShare(charge);
  if (share !== undefined && amount !== undefined) return `${share / 100} % of ${money(lines, currency)}`;
  if (share !== undefined) return "The lines have no sum yet";
  return amount === undefined && charge.amount && !isTyping ? "Not an amount such as 5.00" : "";
}
