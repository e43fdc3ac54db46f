// One call that moves an order one step forward or back, or cancels it, if the stored version is still the one on screen.
import { Refused, call } from "../lib/api.js";
import { isolated, statusName } from "../lib/format.js";
import { SignedOut } from "../lib/cognito.js";
import { cancellable, hasOnlyRemarks, isOwnChange, nextStep, stepBack, undoNote } from "../order/status.js";
import { countMove } from "./head.js";
import { updateRow } from "./rows.js";

/** Return a job that takes a finished job back, or undefined if the person may not. */
export const undoing = ({ now, back, change }, who) =>
  now && !back && !change && stepBack(now, who) ? { order: now, back: true } : undefined;

/** Orders whose move failed. Such a move may have been stored although its response was lost. */
export const tried = new WeakSet();

/**
 * Move `job.order` to its next status, or back if `job.back` is set, or cancel it if `job.reason` is the reason for that. Show
 * its present state in its row. Set on the job:
 * `outcome` (done, changed, impossible or failed), `text` for people, `now`, which is the moved order, and `ended`, which is the
 * error if the session has ended, else null.
 */
export async function moveOrder(job, who) {
  const { order } = job;
  const step = stepOf(job, who);
  job.ended = null;
  if (!step) return Object.assign(job, impossible(whyNot(job)));
  try {
    const path = `/orders/${encodeURIComponent(order.orderID)}`;
    const body = { status: step.to, note: step.note };
    const moved = await call("PATCH", path, { body, version: order.version });
    updateRow(moved);
    countMove(order.status, moved.status);
    return Object.assign(job, done(step, moved));
  } catch (error) {
    const current = remarked(order, error);
    if (current) return moveOrder(Object.assign(job, { order: current }), who);
    Object.assign(job, error instanceof Refused ? refusal(error, order, step, who) : failure(error));
    return tried.add(order);
  }
}

/** Return the stored order if the order has only got remarks since the list has it. */
const remarked = (order, { current }) =>
  current?.version > order.version && hasOnlyRemarks(order, current) ? current : undefined;

function stepOf({ order, back, reason }, who) {
  const { status } = order;
  if (reason) return cancellable.includes(status) ? { to: "cancelled", note: reason } : undefined;
  return back ? { to: stepBack(order, who), note: undoNote(who) } : nextStep[status];
}

const whyNot = ({ order: { status }, reason }) =>
  reason
    ? `${status}, and only ${cancellable.join(" or ")} orders are cancelled`
    : `${status} has no next status`;

function done({ to, note }, moved) {
  const text = to === "cancelled" ? "Cancelled" : note ? `Moved back to ${to}` : `Moved to ${to}`;
  return { outcome: "done", text, now: moved };
}
const impossible = (why) => ({ outcome: "impossible", text: `Not possible: ${why}` });

/** Return the outcome of a job after an error that may pass. */
export const failure = (error) => ({
  outcome: "failed",
  text: `Failed: ${error.message}`,
  ended: error instanceof SignedOut ? error : null,
});

function refusal(error, order, step, who) {
  const { status, current } = error;
  if (current) updateRow(current);
  // An earlier try may have moved the order although its response was lost.
  const arrived = tried.has(order) && current?.status === step.to && isOwnChange(order, current, who);
  if (status === 412 && arrived) return done(step, current);
  if (status === 412 && current) return { outcome: "changed", text: stale(current, step) };
  if (status === 404 || status === 412) return { outcome: "changed", text: "Erased by someone else" };
  if (status === 409) return impossible(error.message);
  return { outcome: "failed", text: `Failed: ${error.message}` };
}

function stale({ status, history }, { to }) {
  const { by } = history.at(-1);
  return `Not ${to === "cancelled" ? to : "moved"}: changed by ${isolated(by)}, ${statusName(status)} now`;
}
