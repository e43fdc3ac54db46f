// The print of a paper of the stored order, and the record of a printed packing slip.
import { call } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { showToast } from "../lib/toast.js";
import { isEditing, isPassing, keep, showNewer } from "./freshness.js";
import { print } from "./papers.js";
import { recordSlip, slipsOf } from "./slip.js";
import { hasOnlyRemarks } from "./status.js";

const LOOK = "Nothing was printed: look at it, then print again.";

let isPrinting = false; // from a press until the browser's print dialog; a second press in that time is part of a double click

/**
 * Print the "packing-slip" or the "invoice" of the stored order. If somebody has changed the order, or printed its packing slip,
 * show that instead of printing.
 */
export async function printStored(page, paper) {
  if (isPrinting) return;
  isPrinting = true;
  await printChecked(page, paper).finally(() => (isPrinting = false));
}

async function printChecked(page, paper) {
  const onPrinted = paper === "packing-slip" ? () => record(page) : undefined;
  try {
    const current = await call("GET", page.path);
    if (!hasOnlyRemarks(page.order, current)) return await showNewer(page, current, { rest: LOOK });
    const isPrinted = paper === "packing-slip" && slipsOf(current).length > slipsOf(page.order).length;
    keep(page, current);
    if (isPrinted) return showPrinted(page);
    page.notice("");
    return print(paper, { onPrinted });
  } catch (error) {
    return isPassing(error) ? print(paper, { checked: false, onPrinted }) : page.explain(error);
  }
}

function showPrinted(page) {
  const { by } = slipsOf(page.order).at(-1);
  const who = by === page.who.email ? "You have" : `${isolated(by)} has`;
  page.notice(`${who} printed the packing slip in the meantime. Print again if another one is needed.`);
}

async function record(page) {
  try {
    const order = await recordSlip(page.order);
    if (hasOnlyRemarks(page.order, order) && !isEditing()) keep(page, order);
  } catch (error) {
    showToast(byId("moved"), `That the packing slip went to the printer is not recorded: ${error.message}`);
  }
}
