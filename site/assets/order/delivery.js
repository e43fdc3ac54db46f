// The dialog that changes the address, phone and notes of a packed order. What is typed is kept until it is saved or dropped.
import { call } from "../lib/api.js";
import { announce, byId, stamp } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { isolated } from "../lib/format.js";
import { normalise } from "../lib/text.js";
import { sessionEnded } from "../shell/shell.js";
import { hasDetails } from "./change.js";
import { changesSince } from "./differences.js";
import { hasOnlyRemarks } from "./status.js";

const dialog = byId("details-dialog");
const form = byId("details-form");
const FIELDS = ["address", "phone", "notes"];

const STALE = "These details were changed in the meantime. Save to keep what you typed.";

let page;
let base; // the details that the dialog began with
let drafts;
let isSaving = false;

const detailsOf = ({ customer, notes }) => ({
  address: customer.address ?? "",
  phone: customer.phone ?? "",
  notes: notes ?? "",
});

/** Open the dialog with the order of a page, or with what was typed before a reload or a new sign-in. */
export function changeDetails(shown) {
  page = shown;
  drafts = draft("details", page.who, page.orderID);
  const kept = drafts.load();
  base = kept?.base ?? detailsOf(page.order);
  const typed = kept?.typed ?? base;
  for (const name of FIELDS) form.elements[name].value = typed[name];
  const stored = detailsOf(page.order);
  showProblem(FIELDS.some((name) => stored[name] !== base[name]) ? STALE : "");
  dialog.showModal();
}

const typedDetails = () => Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));

/** Return the details that were changed, in their normal form. An empty text removes what is stored. */
function changedDetails() {
  const { details } = normalise({ details: typedDetails() });
  return Object.fromEntries(Object.entries(details).filter(([name, text]) => text !== base[name]));
}

form.oninput = () => drafts.save({ base, typed: typedDetails() });
form.onsubmit = (event) => {
  event.preventDefault();
  if (!isSaving) save();
};
byId("details-drop").onclick = () => dialog.close();
dialog.onclose = () => drafts.clear();

async function save() {
  const details = changedDetails();
  if (!Object.keys(details).length) return dialog.close();
  isSaving = true;
  try {
    saved(await call("PATCH", page.path, { body: { details }, version: page.order.version }));
  } catch (error) {
    await explain(error, details);
  }
  isSaving = false;
}

function saved(order) {
  dialog.close();
  page.display(order);
  announce("The changes are saved.");
}

async function explain(error, details) {
  if (sessionEnded(error)) return;
  const { current, status, message } = error;
  if (current && hasDetails(current, details)) return saved(current);
  if (current && hasOnlyRemarks(page.order, current)) {
    page.display(current);
    return save();
  }
  if (!current) return showProblem(status === 404 ? "This order was erased in the meantime." : message);
  const { by } = current.history.at(-1);
  const changes = changesSince(page.order, current);
  page.display(current);
  showProblem(
    `${isolated(by)} changed this order in the meantime. Save again to keep what you typed.`,
    changes,
  );
}

function showProblem(text, list = []) {
  byId("details-problem-text").textContent = text;
  byId("details-problem-list").replaceChildren(...list.map((line) => stamp("notice-line", { line })));
  byId("details-problem").hidden = !text;
}
