// The tasks for many orders at once: their words, and the function that does a job.
import { LabelError, saveLabels } from "../order/labels.js";
import { failure, moveOrder } from "./move.js";
import { updateRow } from "./rows.js";

const FULL = 413; // the status of the answer for an order whose history has no room

/** `act(job, who)` sets `outcome`, `text`, `now` and `ended` on the job, as `moveOrder` does. */
export const TASKS = {
  move: { doing: "Moving", done: "Moved", act: moveOrder },
  cancel: { doing: "Cancelling", done: "Cancelled", act: moveOrder },
  label: { doing: "Labelling", done: "Labelled", act: labelOrder },
};

/** Make `job.change` to the labels of `job.order`, and show them in its row. */
async function labelOrder(job) {
  job.ended = null;
  try {
    const now = await saveLabels(job.order, job.change);
    updateRow(now);
    Object.assign(job, { outcome: "done", text: "Labelled", now });
  } catch (error) {
    if (error.status === 404) Object.assign(job, { outcome: "changed", text: "Erased by someone else" });
    else if (error instanceof LabelError || error.status === FULL)
      Object.assign(job, { outcome: "impossible", text: `Not possible: ${error.message}` });
    else Object.assign(job, failure(error));
  }
}
