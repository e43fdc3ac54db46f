// The tasks for many orders at once: their words, and the function that does a job.
import { moveOrder } from "./move.js";

/** `act(job, who)` sets `outcome`, `text` and `ended` on the job, as `moveOrder` does. */
export const TASKS = {
  move: { doing: "Moving", done: "Moved", act: moveOrder },
  cancel: { doing: "Cancelling", done: "Cancelled", act: moveOrder },
};
