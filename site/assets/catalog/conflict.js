// The notice above the form of a product: what somebody else has changed meanwhile, and what both have changed.
import { byId, fill, stamp } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { changeInWords, LABELS, shownValue } from "./words.js";

const notice = byId("notice");

export function showNotice(text, differences = []) {
  fill(notice, { notice: text, differences });
  notice.hidden = false;
  notice.focus();
}

export const hideNotice = () => (notice.hidden = true);

/** Show what `theirs` has that the edit did not know. `take(field)` puts their value of a field into the form. */
export function showConflict({ theirs, taken, both }, take) {
  const who = isolated(theirs.updatedBy?.name ?? "Somebody");
  const start = `${who} has changed this product meanwhile, and nothing was saved yet.`;
  const end = both.length
    ? "Both of you changed what is below: yours is in the form. Save again to keep it."
    : "Their changes are in the form now, beside yours. Save again.";
  const { currency } = theirs;
  const lines = both.map((one) => difference(one, currency, take));
  showNotice(`${start} ${end}`, [
    ...lines,
    ...taken.map((one) => stamp("text-item", { text: changeInWords(one, currency) })),
  ]);
}

function difference({ field, mine, theirs }, currency, take) {
  const [own, other] = [mine, theirs].map((value) => shownValue(field, value, currency));
  const element = stamp("difference", { text: `${LABELS[field]}: theirs ${other}, yours ${own}.` });
  const button = element.querySelector("button");
  button.ariaLabel = `Take theirs: ${LABELS[field]} ${other}`;
  button.onclick = () => {
    take(field);
    element.textContent = `${LABELS[field]}: ${other}, as theirs.`;
    notice.focus();
  };
  return element;
}
