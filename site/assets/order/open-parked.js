// The beginning of the page with a parked order: from the server, from this tab, or from both.
import { call } from "../lib/api.js";
import { byId, showFailure } from "../lib/dom.js";
import { sessionEnded } from "../shell/shell.js";
import { contentOf, isSameContent, orderOf } from "./draft-content.js";
import { valuesOf } from "./typed.js";

/** Resolve to the stored document at a path, or to null if there is none. */
const find = (path) =>
  call("GET", path).catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });

/**
 * Open a parked order on the page. `kept` is its local draft in this tab, or null. What was typed here and is not saved stays,
 * with a notice if another desk saved the order meanwhile. `resume(order)` begins the page with an order.
 */
export async function openParked(orderID, kept, { form, parked, resume }) {
  form.lock(true);
  try {
    const documents = ["drafts", "orders"].map((kind) => find(`/${kind}/${encodeURIComponent(orderID)}`));
    const [draft, sent] = await Promise.all(documents);
    form.lock(false);
    if (kept && isUnsaved(kept)) return goOn(kept, draft, { parked, resume });
    if (sent) return showSent(sent, resume);
    return draft ? openDraft(draft, form, resume) : (byId("parked-gone").hidden = false);
  } catch (error) {
    if (sessionEnded(error)) return undefined;
    form.lock(false);
    if (kept) return resume(kept);
    byId("parked-failed").hidden = false;
    return showFailure(byId("parked-failed"), error, () => location.reload());
  }
}

const isUnsaved = (kept) => !isSameContent(contentOf(kept), kept.safe);

async function goOn(kept, draft, { parked, resume }) {
  await resume(kept);
  if (!draft && kept.parked.version) parked.lost();
  if (draft && draft.version !== kept.parked.version) parked.conflict.open(draft);
}

async function openDraft(draft, form, resume) {
  await resume(orderOf(draft));
  const faults = await form.lineCheck.all();
  if (faults.length) form.showErrors(faults, "What to put right");
}

/** Show what became of an order that was sent already. Its draft is deleted like that of an order that is sent now. */
function showSent(sent, resume) {
  byId("sent-before").hidden = false;
  const { orderID } = sent;
  return resume({ stage: "queued", values: valuesOf(sent), document: { orderID }, parked: { orderID } });
}
