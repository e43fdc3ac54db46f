// Editing on the page of an order: the form is opened, and what became of the edit is shown.
import { byId, isShown } from "../lib/dom.js";
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
  page.notice("");
  const newest = outcome.order ?? page.newer;
  if (newest) page.display(newest);
  await conclude(page, outcome);
}

async function conclude(page, { notice, changes = [], discarded, unsaved }) {
  if (unsaved) await showUnsaved(page, unsaved, notice);
  else if (discarded)
    page.notice("Your changes were discarded.", { steps: { Undo: () => reopen(page, discarded) } });
  else if (changes.length) page.notice(CHANGED, { list: changes });
  else if (notice) page.notice(notice);
  else (isShown(byId("edit")) ? byId("edit") : byId("main")).focus();
}

function reopen(page, typed) {
  drafts(page).save(typed);
  resumeEdit(page);
}

/** Continue an edit from before a reload or a new sign-in, or show what can no longer be saved. Return whether there is one. */
export function resumeEdit(page) {
  const typed = drafts(page).load();
  if (!typed) return false;
  if (page.order.status === "placed" && !typed.why) edit(page);
  else showUnsaved(page, typed, typed.why ?? tooLate(page.order));
  return true;
}

/** Show what somebody typed and could not save. It is kept until it is saved in part, sent as a new order or discarded. */
async function showUnsaved(page, typed, text) {
  drafts(page).save(typed);
  const { changesSince, detailsToSave } = await loadModule(() => import("./differences.js"));
  const details = detailsToSave(typed, page.order);
  const steps = {
    ...(page.order.status === "placed" && { "Change this order": () => edit(page) }),
    ...(details && { "Save address, phone and notes": () => saveDetails(page, typed, details) }),
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

async function saveDetails(page, typed, details) {
  if (await page.change(byId("change-details"), { details })) drafts(page).clear();
  else if (!byId("notice").hidden) await showUnsaved(page, typed, byId("notice-text").textContent);
}

function sendAsNew(page, { values }) {
  draft("draft", page.who, page.orderID).save({ stage: "writing", values, isUnsafe: true });
  drafts(page).clear();
  location.assign(newOrderPage({ from: page.orderID }));
}
