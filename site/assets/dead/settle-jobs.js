// The jobs of settling many dead letters: what is asked, which letters it is possible for, and what each call came to.
import { Unreachable } from "../lib/api.js";
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
    doing: "Sending",
    done: "Sent again",
    state: "sent",
    whyNot: whyNotSent,
    again: "The button sends them again as they are, with the same note. What was sent is left alone.",
    act: sendAgain,
  },
  discard: {
    title: (number) => `Discard ${count(number, "dead letter")}?`,
    text: "Nobody will process them. They stay in the list of discarded letters, with your reason.",
    label: "Why are they discarded?",
    button: "Discard",
    tone: "danger",
    needsNote: true,
    doing: "Discarding",
    done: "Discarded",
    state: "discarded",
    whyNot: whyNotDiscarded,
    again: "The button discards them for the same reason. What was discarded is left alone.",
    act: discard,
  },
};

/** Return a job for each letter: {letter, outcome, text}. The outcome is "waiting" or "impossible". */
export const jobsOf = (kind, letters) =>
  letters.map((letter) => {
    const why = KINDS[kind].whyNot(letter);
    return why
      ? { letter, outcome: "impossible", text: `Not ${KINDS[kind].done.toLowerCase()}. ${why}` }
      : { letter, outcome: "waiting", text: "Waiting" };
  });

/** Resolve to what one call came to: {outcome, text, isUnknown, error?}. An unknown one may have arrived. */
export async function settle(kind, { letter, isUnknown: wasUnknown }, note) {
  const { act, done } = KINDS[kind];
  try {
    await act(letter, note);
    return { outcome: "done", text: done, isUnknown: false };
  } catch (error) {
    if (error.status === 412) return { ...changed(kind, error.current, wasUnknown), isUnknown: false };
    if (error.status === 404) return { outcome: "changed", text: "It is gone.", isUnknown: false };
    const isUnknown = error instanceof Unreachable || error.status >= 500;
    const text = isUnknown
      ? `${error.message} It may have arrived all the same. Trying again is safe.`
      : `Refused: ${error.message}`;
    return { outcome: "failed", text, isUnknown: isUnknown || Boolean(wasUnknown), error };
  }
}

const SETTLED = { sent: "sent again", sending: "sent again", discarded: "discarded" };

/** Return what a letter is by now that somebody has changed. A first try whose answer was lost is no colleague. */
function changed(kind, current, wasUnknown) {
  const { done, state } = KINDS[kind];
  if (wasUnknown && current?.state === state) return { outcome: "done", text: done };
  const past = SETTLED[current?.state];
  if (past) return { outcome: "changed", text: `Already settled by a colleague: ${past}.` };
  return {
    outcome: "changed",
    text: "A colleague has changed it meanwhile. Look at it, then select it again.",
  };
}

const WORDS = {
  done: { send: "sent again", discard: "discarded" },
  waiting: "waiting",
  moving: "under way",
  rejected: "rejected",
  returned: "came back",
  changed: "changed by a colleague",
  impossible: "not possible",
  stopped: "stopped before their turn",
  failed: "failed",
};
const ORDER = "failed returned rejected impossible changed stopped waiting moving done".split(" ");

/** Return the jobs with those first that a person has to look at. */
export const sorted = (jobs) => jobs.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));

/** Return how many jobs have each outcome: "12 letters: 10 sent again, 2 failed". */
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

/** Return the name of the button that runs these jobs again: "Try the 3 that failed again". */
export function retryOf(jobs) {
  const [number, are] = jobs.length === 1 ? ["one", "is"] : [whole(jobs.length), "are"];
  const hasFailed = jobs.every(({ outcome }) => outcome === "failed");
  return `Try the ${number} that ${hasFailed ? "failed" : `${are} left`} again`;
}
