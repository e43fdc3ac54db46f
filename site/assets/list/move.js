// One call that moves an order to its next status, if the stored version is still the one on screen.
import { Refused, call } from "../lib/api.js";
import { isolated, statusName } from "../lib/format.js";
import { SignedOut } from "../lib/cognito.js";
import { isOwnChange, nextStep } from "../order/status.js";
import { updateRow } from "./rows.js";

/** Orders whose move failed. Such a move may have been stored although its response was lost. */
export const tried = new WeakSet();

/**
 * Move `job.order`, and show its present state in its row. Set on the job: `outcome` (done, changed, impossible or failed),
 * `text` for people, and `ended`, which is the error if the session has ended, else null.
 */
export async function moveOrder(job, who) {
  const { order } = job;
  const step = nextStep[order.status];
  job.ended = null;
  if (!step) return Object.assign(job, impossible(`${order.status} has no next status`));
  try {
    const path = `/orders/${encodeURIComponent(order.orderID)}`;
    const moved = await call("PATCH", path, { body: { status: step.to }, version: order.version });
    updateRow(moved);
    return Object.assign(job, done(step));
  } catch (error) {
    Object.assign(job, error instanceof Refused ? refusal(error, order, step, who) : failure(error));
    return tried.add(order);
  }
}

const done = ({ to }) => ({ outcome: "done", text: `Moved to ${to}` });
const impossible = (why) => ({ outcome: "impossible", text: `Not possible: ${why}` });

const failure = (error) => ({
  outcome: "failed",
  text: `Failed: ${error.message}`,
  ended: error instanceof SignedOut ? error : null,
});

function refusal(error, order, step, who) {
  const { status, current } = error;
  if (current) updateRow(current);
  // An earlier try may have moved the order although its response was lost.
  const arrived = tried.has(order) && current?.status === step.to && isOwnChange(order, current, who);
  if (status === 412 && arrived) return done(step);
  if (status === 412 && current) return { outcome: "changed", text: stale(current) };
  if (status === 404 || status === 412) return { outcome: "changed", text: "Erased by someone else" };
  if (status === 409) return impossible(error.message);
  return { outcome: "failed", text: `Failed: ${error.message}` };
}

function stale({ status, history }) {
  const { by } = history.at(-1);
  return `Not moved: changed by ${isolated(by)}, ${statusName(status)} now`;
}
