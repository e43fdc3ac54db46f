// Editing on the page of an order: the form is opened, and what became of the edit is shown.
import { byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { newOrderPage } from "../lib/links.js";
import { hideToast } from "../lib/toast.js";
import { loadModule } from "../shell/connection.js";
import { tooLate } from "./status.js";

const CHANGED = "Saved, but these lines are not as the form showed them:";

const drafts = ({ who, orderID }) => draft("edit", who, orderID);

let isOpen = false;

/** Open the form with the order of a page, or with the edit that was begun. */
export async function edit(page) {
  if (isOpen) return;
  isOpen = true;
  page.notice("");
  hideToast(byId("moved"));
  const { editOrder } = await loadModule(() => import("./edit.js"));
  const outcome = await editOrder(page.order, page.who);
  isOpen = false;
  if (outcome.order) page.display(outcome.order);
  await conclude(page, outcome);
}

async function conclude(page, { notice, changes = [], discarded, unsaved }) {
  if (unsaved) await showUnsaved(page, unsaved, notice);
  else if (discarded)
    page.notice("Your changes were discarded.", { steps: { Undo: () => reopen(page, discarded) } });
  else if (changes.length) page.notice(CHANGED, { list: changes });
  else if (notice) page.notice(notice);
  else byId("edit").focus();
}

function reopen(page, typed) {
  drafts(page).save(typed);
  edit(page);
}

/** Continue an edit from before a reload or a new sign-in, or show what can no longer be saved. Return whether there is one. */
export function resumeEdit(page) {
  const typed = drafts(page).load();
  if (!typed) return false;
  if (page.order.status === "placed") edit(page);
  else showUnsaved(page, typed, tooLate(page.order));
  return true;
}

/** Show what somebody typed and could not save. It is kept until it is sent as a new order or discarded. */
async function showUnsaved(page, typed, text) {
  drafts(page).save(typed);
  const { changesSince } = await loadModule(() => import("./differences.js"));
  const steps = {
    "Send as a new order …": () => sendAsNew(page, typed),
    Discard: () => {
      drafts(page).clear();
      page.notice("");
    },
  };
  page.notice(`${text} This is what you had typed:`, {
    list: changesSince(typed.base, typed.values),
    steps,
  });
}

function sendAsNew(page, { values }) {
  draft("draft", page.who, page.orderID).save({ stage: "writing", values });
  drafts(page).clear();
  location.assign(newOrderPage({ from: page.orderID }));
}
