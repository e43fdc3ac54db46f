// The dialog that erases everything that is kept of a person: what it will do, the confirmation, the progress, the end.
import { call } from "../lib/api.js";
import { byId, fill, show } from "../lib/dom.js";
import { keepOpen } from "../lib/kept-open.js";
import { link } from "../lib/links.js";
import { lines } from "../lib/text.js";
import { sessionEnded } from "../shell/shell.js";
import { forgetPerson } from "./forget.js";
import { isDiscarding, mustDiscard, offerDiscard, pageOf } from "./open-letters.js";
import { Erasure, sumOf } from "./person-steps.js";
import { outcomeOf, planOf, refusalOf } from "./person-words.js";

const [dialog, form, reason, word] = ["erase-dialog", "erase-form", "erase-reason", "erase-word"].map(byId);
let erasure, total;
let isChanged = false; // whether the page may show what is erased by now

/** Look what is kept of the person with this address, and ask whether to erase it. */
export async function askToErase(email) {
  erasure = new Erasure({ email, call, onStep: showProgress });
  [isChanged, reason.value, word.value] = [false, "", ""];
  fill(dialog, { "erase-problem": "", "erase-whom": email });
  show(dialog, "looking");
  dialog.showModal();
  try {
    showPlan(await erasure.preview());
  } catch (error) {
    refuse(error);
  }
}

function showPlan(counts) {
  total = sumOf(counts);
  const note = "The note on the customer, and the name in all lists and searches: erased";
  byId("erase-plan").replaceChildren(...[...planOf(counts), note].map(item));
  offerDiscard(counts);
  show(dialog, "asking");
  reason.focus();
}

/** Show the orders that the shop owes, or another error. */
function refuse(error) {
  if (sessionEnded(error)) return dialog.close();
  const owed = error.status === 409 ? error.fields : [];
  const links = owed.map(({ path, message }) => item(link(pageOf(path), message)));
  byId("erase-owed").replaceChildren(...links);
  fill(dialog, { refused: refusalOf(error) });
  show(dialog, "refused");
  return byId("erase-refused").focus();
}

form.onsubmit = (event) => {
  event.preventDefault();
  if (mustDiscard())
    return say("Tick the box to discard the orders that did not arrive, or send them first.");
  if (!lines(reason.value)) {
    reason.focus();
    return say("Say why. It stays in the history of the orders that are kept.");
  }
  if (isConfirmed()) return run();
  word.focus();
  return say(`Type ${word.placeholder}, in capital letters.`);
};

const say = (problem) => fill(dialog, { "erase-problem": problem });

const isConfirmed = () => word.value.trim() === word.placeholder;

/** Erase, or go on where an earlier run ended. */
async function run() {
  isChanged = true;
  keepOpen(dialog, true);
  show(dialog, "running");
  showProgress(erasure);
  byId("erase-summary").focus();
  try {
    showEnd(await erasure.run(lines(reason.value), isDiscarding()));
  } catch (error) {
    keepOpen(dialog, false);
    refuse(error);
  }
}

function showProgress({ done }) {
  Object.assign(byId("erase-progress"), { max: total || 1, value: Math.min(sumOf(done), total || 1) });
  fill(dialog, { "erase-summary": sumOf(done) ? `${outcomeOf(done)} so far.` : "Erasing …" });
}

function showEnd(isOver) {
  keepOpen(dialog, false);
  forgetPerson(erasure.email);
  byId("erase-again").hidden = isOver;
  byId("erase-elsewhere").hidden = !isOver;
  fill(dialog, {
    "erase-end": isOver ? "Nothing is kept under this address any more." : "Something is left.",
    "erase-outcome": `${outcomeOf(erasure.done)}.`,
    "erase-rest": isOver
      ? ""
      : "A change of an order is not counted yet. If one waits in the dead letters, send it again first; otherwise go on a little later.",
  });
  show(dialog, "over");
  byId("erase-end").focus();
}

function item(content) {
  const element = document.createElement("li");
  element.append(content);
  return element;
}

byId("erase-again").onclick = run;
for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
dialog.onclose = () => {
  const { state } = dialog.dataset;
  if (!isChanged || state === "running") return;
  if (state === "over" && byId("erase-again").hidden) location.assign("/customers.html");
  else location.reload();
};
