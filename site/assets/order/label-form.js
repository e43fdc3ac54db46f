// The form in the head of an order's page that changes its tags and its assignee.
import { announce, byId } from "../lib/dom.js";
import { line } from "../lib/text.js";
import { sessionEnded } from "../shell/shell.js";
import { showNewer } from "./freshness.js";
import { offerTexts } from "./label-chips.js";
import { changeTo, saveLabels, tagsIn } from "./labels.js";
import { hasOnlyRemarks } from "./status.js";

const form = byId("labels-form");
const { tags, assignee } = form.elements;
const button = byId("edit-labels");
let page;
let base; // the order whose labels the form began with
let isSaving = false;

/** Open the form with the labels of the order of a page, or close it. */
export function editLabels(shown) {
  page = shown;
  if (form.hidden) open();
  else close();
}

function open() {
  base = page.order;
  offerTexts(byId("label-names"), [page.who.email]);
  tags.value = (base.tags ?? []).join(", ");
  assignee.value = base.assignee ?? "";
  showProblem("");
  toggle(true);
  assignee.focus();
}

function close() {
  toggle(false);
  button.focus();
}

function toggle(isOpen) {
  form.hidden = !isOpen;
  button.ariaExpanded = String(isOpen);
}

async function save() {
  isSaving = true;
  try {
    const wanted = { tags: tagsIn(tags.value), assignee: line(assignee.value) };
    saved(await saveLabels(page.order, changeTo(wanted, base)));
  } catch (error) {
    if (error.status === 404) page.explain(error);
    else if (!sessionEnded(error)) showProblem(error.message);
  }
  isSaving = false;
}

function saved(order) {
  close();
  announce("The labels are saved.");
  if (hasOnlyRemarks(page.order, order)) page.display(order);
  else showNewer(page, order, { by: order.history.at(-2).by, rest: "Your labels are saved.", focus: false });
}

byId("drop-labels").onclick = close;
form.onkeydown = (event) => {
  if (event.key === "Escape") close();
};
form.onsubmit = (event) => {
  event.preventDefault();
  if (!isSaving) save();
};

function showProblem(text) {
  byId("labels-problem").textContent = text;
  byId("labels-problem").hidden = !text;
}
