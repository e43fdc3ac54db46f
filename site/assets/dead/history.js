// The history of a dead letter: who did what, in words, and the reasons as the system noted them.
import { stamp } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { changeText } from "../order/change-text.js";
import { erasedOf, shortOf } from "./advice.js";
import { eventOf } from "./words.js";

const REPEATED =
  "Another message about the same failure came late. Nothing was changed, because this was settled before.";

export const entry = ({ at, by, note, changes = [], ...event }) =>
  stamp("history-entry", {
    event: eventOf(event),
    at: time(at),
    by,
    note: note ? erasedOf(note) : toldReason(event),
    changes: changes.map((one) => stamp("history-change", { change: changeText(one) })),
  });

/** Return a reason as the system noted it, for an engineer. */
export const noted = ({ at, reason }) => stamp("noted", { at: time(at), reason });

/** Return why a letter came, in words. */
export function toldReason({ event, reason, advice }) {
  if (event === "repeated") return REPEATED;
  return reason ? shortOf({ reason, advice }) : "";
}
