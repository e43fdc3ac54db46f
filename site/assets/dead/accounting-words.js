// The accounting in one sentence.
import { count } from "../lib/format.js";

/** Return what the accounting found. Without `recordedFrom`, the system does not record what it accepts. */
export function accountingSummary({ difference, recordedFrom }) {
  if (!recordedFrom)
    return "Accepted orders are not recorded here, so a lost one would not be missed. Whoever looks after the system can switch this on.";
  if (difference === 0) return "Every accepted order is in one place.";
  const [are, they, them] = difference === 1 ? ["is", "It was", "it"] : ["are", "They were", "them"];
  return `${count(difference, "order")} ${are} missing. ${they} accepted, and nothing else is known of ${them}. Under “To look at” above, now or within five minutes, it says what can be done.`;
}
