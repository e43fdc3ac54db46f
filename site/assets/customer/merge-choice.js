// The choice of the customer into whom another one is merged, in the dialog of merge.js.
import { call } from "../lib/api.js";
import { combobox } from "../lib/combobox.js";
import { byId, fill, stamp } from "../lib/dom.js";
import { count, money } from "../lib/format.js";
import { knownCustomers } from "../lib/known-customers.js";
import { sessionEnded } from "../shell/shell.js";
import { mergedNote } from "./transfer.js";

const dialog = byId("merge-dialog");
const search = byId("merge-search");
const read = (email) => call("GET", `/customers/${encodeURIComponent(email)}`);
let from, onStart;

/** Offer the choice. `start(from, to)` is called with both customers once the person has confirmed it. */
export function offerChoice(customer, start) {
  [from, onStart] = [customer, start];
  search.value = "";
  showProblem("");
}

combobox({ ...knownCustomers, input: search, onPick: pick });
search.addEventListener("input", () => showProblem(""));

async function pick({ email }) {
  search.value = email;
  if (email === from.email) return showProblem("This is the same customer.");
  try {
    const pair = await Promise.all([read(from.email), read(email)]);
    if (search.value === email) showPair(...pair);
  } catch (error) {
    if (!sessionEnded(error)) showProblem(error.message);
  }
}

/** Show what stands against a merge, and no customers. */
function showProblem(text) {
  fill(dialog, { "merge-problem": text });
  byId("merge-pair").hidden = byId("merge-start").hidden = true;
}

function showPair(one, other) {
  if (mergedNote(one, other).length > Number(dialog.dataset.maxNote))
    return showProblem("Their notes are too long for one note. Shorten one of them first.");
  byId("merge-pair").replaceChildren(side("From", one), side("Into", other));
  byId("merge-pair").hidden = byId("merge-start").hidden = false;
  byId("merge-start").textContent = `Move ${count(one.orders, "order")}`;
  byId("merge-start").onclick = () => onStart(one, other);
  byId("merge-start").focus();
}

const side = (role, { name, email, orders, total, currency }) =>
  stamp("merge-side", { role, name, email, figures: `${count(orders, "order")}, ${money(total, currency)}` });
