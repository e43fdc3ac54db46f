// The notice above the form of a product: what somebody else has changed meanwhile, and what both have changed.
import { byId, fill, stamp } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { fileInWords, FILES } from "./file-names.js";
import { changeInWords, LABELS, shownValue } from "./words.js";

const notice = byId("notice");

export function showNotice(text, differences = []) {
  fill(notice, { notice: text, differences });
  notice.hidden = false;
  notice.focus();
}

export const hideNotice = () => (notice.hidden = true);

/** Show what `theirs` has that the edit did not know. `take(field)` puts their value of a field into the form. */
export function showConflict({ mine, theirs, taken, both }, take) {
  const who = isolated(theirs.updatedBy?.name ?? "Somebody");
  const start = `${who} has changed this product meanwhile, and nothing was saved yet.`;
  const end = both.length
    ? "Both of you changed what is below: yours is in the form. Save again to keep it."
    : "Their changes are in the form now, beside yours. Save again.";
  const { currency } = theirs;
  const lines = both.map((one) =>
    one.field in FILES ? fileDifference(one.field, mine, theirs, take) : difference(one, currency, take),
  );
  showNotice(`${start} ${end}`, [
    ...lines,
    ...taken.map((one) => stamp("text-item", { text: changeInWords(one, currency) })),
  ]);
}

function difference({ field, mine, theirs }, currency, take) {
  const [own, other] = [mine, theirs].map((value) => shownValue(field, value, currency));
  return choice(field, `${LABELS[field]}: theirs ${other}, yours ${own}.`, other, take);
}

/** Return the choice between two files, of which theirs can be opened and yours is in the form. */
function fileDifference(field, mine, theirs, take) {
  const [own, other] = [mine, theirs].map((product) => fileInWords(field, product));
  const link = Object.assign(document.createElement("a"), { textContent: other, target: "_blank" });
  if (theirs[field]) link.href = `/files/${theirs[field]}`;
  return choice(field, [`${LABELS[field]}: theirs `, link, `, yours ${own}.`], other, take);
}

/** Return a line with a button that takes the other value. */
function choice(field, text, other, take) {
  const element = stamp("difference", { text });
  const button = element.querySelector("button");
  button.ariaLabel = `Take theirs: ${LABELS[field]} ${other}`;
  button.onclick = () => {
    take(field);
    element.textContent = `${LABELS[field]}: ${other}, as theirs.`;
    notice.focus();
  };
  return element;
}
