// The jobs of settling many dead letters: what is asked, which letters it is possible for, and what each call came to.
import { count, whole } from "../lib/format.js";
import { discard, sendAgain } from "./letters.js";
import { whyNotDiscarded, whyNotSent } from "./words.js";

/** What can be done with many letters. `act(letter, note)` is the call, and `whyNot(letter)` why it is not possible, or "". */
export const KINDS = {
  send: {
    title: (number) => `Send ${count(number, "dead letter")} again?`,
    text: "Each goes again as it is, with its own ID, so nothing is placed twice. What fails again comes back here.",
    label: "Note for the history (optional)",
    button: "Send again",
    tone: "primary",
    doing: "Sending …",
    done: "Sent. Its page shows what becomes of it.",
    not: "Not sent",
    whyNot: whyNotSent,
    act: sendAgain,
  },
  discard: {
    title: (number) => `Discard ${count(number, "dead letter")}?`,
    text: "Nobody will process them. They stay in the list of discarded letters, with your reason.",
    label: "Why are they discarded?",
    button: "Discard",
    tone: "danger",
    needsNote: true,
    doing: "Discarding …",
    done: "Discarded",
    not: "Not discarded",
    whyNot: whyNotDiscarded,
    act: discard,
  },
};

/** Return a job for each letter: {letter, outcome, text}. The outcome is "waiting" or "impossible". */
export const jobsOf = (kind, letters) =>
  letters.map((letter) => {
    const why = KINDS[kind].whyNot(letter);
    return why
      ? { letter, outcome: "impossible", text: `${KINDS[kind].not}. ${why}` }
      : { letter, outcome: "waiting", text: "" };
  });

/** Resolve to what one call came to: {outcome, text, error?}. */
export async function settle(kind, { letter }, note) {
  const { act, done, not } = KINDS[kind];
  try {
    await act(letter, note);
    return { outcome: "done", text: done };
  } catch (error) {
    if (error.status === 412)
      return {
        outcome: "changed",
        text: "Someone else has changed it meanwhile. Look at it, then select it again.",
      };
    if (error.status === 404) return { outcome: "changed", text: "It is gone." };
    return { outcome: "failed", text: `${not}: ${error.message}`, error };
  }
}

const WORDS = {
  done: { send: "sent", discard: "discarded" },
  waiting: "waiting",
  moving: "under way",
  changed: "changed by someone else",
  impossible: "not possible",
  stopped: "stopped before their turn",
  failed: "failed",
};
const ORDER = ["impossible", "failed", "changed", "stopped", "waiting", "moving", "done"];

/** Return the jobs with those first that a person has to look at. */
export const sorted = (jobs) => jobs.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));

/** Return how many jobs have each outcome: "12 letters: 10 sent, 2 failed". */
export function sumsOf(kind, jobs) {
  const parts = ORDER.toReversed()
    .map((outcome) => [outcome, jobs.filter((job) => job.outcome === outcome).length])
    .filter(([, number]) => number)
    .map(([outcome, number]) => `${whole(number)} ${WORDS[outcome][kind] ?? WORDS[outcome]}`);
  return `${count(jobs.length, "letter")}: ${parts.join(", ")}`;
}

/** Whether a letter can be tried again, so that it stays selected. Others are settled, or need a look first. */
export const isLeft = ({ outcome }) => ["failed", "stopped", "impossible"].includes(outcome);
/** Whether a job can be run again. */
export const isRetried = ({ outcome }) => ["failed", "stopped"].includes(outcome);
