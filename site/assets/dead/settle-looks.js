// The outcomes of many dead letters that were sent again. They are looked up a few times, because an order takes some seconds.
import { call } from "../lib/api.js";
import { fewAtATime } from "../lib/few-at-a-time.js";
import { whyOf } from "./advice.js";
import { letterPath } from "./letters.js";
import { outcomeOf } from "./words.js";

const PAUSES_MS = [1500, 4000, 12_000]; // before each look

/** Look at the letters of these jobs. `onFound(job, result)` is called with each result. It ends once `isOver()`. */
export async function lookAfter(jobs, onFound, isOver) {
  const left = new Set(jobs.filter(({ outcome }) => outcome === "done"));
  for (const ms of PAUSES_MS) {
    if (!left.size) return;
    await new Promise((resolve) => setTimeout(resolve, ms));
    await fewAtATime([...left], async (job) => {
      if (isOver()) return;
      const result = becameOf(await call("GET", letterPath(job.letter.id)).catch(() => null));
      if (!result || isOver()) return;
      left.delete(job);
      onFound(job, result);
    });
  }
}

/** Return what became of a sent letter: {outcome, text, stored?}. Return nothing while that is not known. */
export function becameOf(letter) {
  const outcome = letter ? outcomeOf(letter) : "waiting";
  const { stored } = letter ?? {};
  if (outcome === "placed") return { outcome: "done", text: "Placed as", stored };
  if (outcome === "rejected") return { outcome, text: "Rejected, with its reasons in order", stored };
  if (outcome === "returned") return { outcome, text: `Came back: ${whyOf(letter)}` };
  return undefined;
}
