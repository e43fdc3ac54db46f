// The calls of the API for many rows, a few at the same time.
import { call } from "../lib/api.js";
import { SignedOut } from "../lib/cognito.js";
import { fewAtATime } from "../lib/few-at-a-time.js";
import { take } from "./verdicts.js";

const ROWS_PER_CALL = 50; // half of the most, so that a busy system also answers within a function's 10 s

/**
 * Ask the API for the verdict on rows, or with `isWritten` to write them. Resolve to the error of an ended session, if there is one. Rows
 * whose call failed have the outcome "failed" and the reason in `why`. `form` is {places, currency, partial}, and `queue` is an
 * empty list: whoever empties it stops the work. `onDone(rows)` is called after each call.
 */
export async function send(rows, { isWritten, form, queue, onDone }) {
  for (let at = 0; at < rows.length; at += ROWS_PER_CALL) queue.push(rows.slice(at, at + ROWS_PER_CALL));
  let ended;
  await fewAtATime(queue, async (part) => {
    try {
      const body = { items: part.map(({ item }) => item), partial: form.partial, dryRun: !isWritten };
      if (isWritten) body.expected = part.map(({ changes = [] }) => changes); // as they are on screen
      const { items } = await call("POST", "/products/batch", { body });
      for (const [at, row] of part.entries()) {
        take(row, items[at], form);
        row.isWritten = isWritten;
      }
    } catch (error) {
      for (const row of part) Object.assign(row, { outcome: "failed", why: error.message });
      if (error instanceof SignedOut || error.status === 403) {
        ended = error;
        queue.splice(0);
      }
    }
    onDone(part);
  });
  return ended;
}
