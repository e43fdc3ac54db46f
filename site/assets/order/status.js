// The statuses of an order, and the buttons that move it to the next one. The server has the same rules, and a test
// compares both.
export const nextStep = {
  placed: { to: "packed", label: "Mark as packed" },
  packed: { to: "shipped", label: "Mark as shipped" },
  shipped: { to: "delivered", label: "Mark as delivered" },
};
export const cancellable = ["placed", "packed"];
export const journey = ["placed", "packed", "shipped", "delivered"];

export const SETTLED = "dealt with";

/** Whether an order is rejected, and nobody has dealt with it. */
export const isUnsettled = ({ status, settledAt }) => status === "rejected" && !settledAt;

/** Whether somebody has dealt with a rejected order, and no other order replaces it. */
export const isSettledByHand = ({ settledAt, replacedBy }) => Boolean(settledAt) && !replacedBy;

/** Return the status of an order, or that a rejected one is dealt with. */
export const settlement = ({ status, settledAt }) => (settledAt ? SETTLED : status);

const previous = { packed: "placed", shipped: "packed", delivered: "shipped" };

/**
 * Return the status to which a person may move an order back, or undefined. Staff may do so as long as it is in the house. Nobody
 * may once its customer is erased, because nobody could deliver it.
 */
export const stepBack = ({ status, anonymisedAt }, who) =>
  !anonymisedAt && (status === "packed" || who.isAdmin) ? previous[status] : undefined;

/** Whether an entry of the history is a step back. */
export const isStepBack = ({ from, to }) => from !== undefined && previous[from] === to;

/** Return the note of a step back that a person makes right after the step forward. */
export const undoNote = ({ email }) => `Undone at once by ${email}`;

/** Whether the stored order `current` of a conflict is this person's own change of `order`, whose response was lost. */
export const isOwnChange = (order, current, who) =>
  current.version === order.version + 1 && current.history.at(-1).by === who.email;

const REMARKS = ["commented", "printed", "labelled", "mailed"];

/** Whether others have at most made remarks on an order since this version of it, which change nothing that a step needs. */
export const hasOnlyRemarks = ({ version }, current) =>
  current.history
    .slice(current.history.length - current.version + version)
    .every(({ event }) => REMARKS.includes(event));

/** Return the notice after an edit of an order that somebody moved to another status in the meantime. */
export const tooLate = ({ status }) =>
  `Your changes were not saved: the order is ${status} by now and can no longer be edited.`;
