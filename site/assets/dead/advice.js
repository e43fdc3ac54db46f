// The reasons of dead letters in plain words, with what to do about them, by the advice of the API.

/** The texts for each advice of the API: {short, what, todo}, with `mend` if the content must change before it is sent. */
const ADVICE = {
  "not-json": {
    short: "Cannot be read",
    what: "The message is not written as an order, so no customer and no product can be read from it.",
    todo: "Read its text. If you can tell what was meant, mend it: the form is empty, and the text is beside it. Otherwise ask the sender to send the order again, and discard this one.",
    mend: true,
  },
  "no-order-id": {
    short: "Order ID missing",
    what: "Every order carries an ID, which keeps it from being placed twice. This one has none, or one that cannot be used.",
    todo: "Check with the sender that the order has not come in another way, then mend it and send it. It gets an ID of its own.",
    mend: true,
  },
  "id-taken": {
    short: "Order ID taken",
    what: "Another order with the same ID was stored before, with other content. The stored order stays as it is.",
    todo: "Compare both orders. If this one is wanted too, or is a correction, mend it: it is sent as a new order with an ID of its own. If the stored order is right, discard this one.",
    mend: true,
  },
  "too-large": {
    short: "Too large",
    what: "The message is larger than an order may be.",
    todo: "Mend it with fewer lines or shorter notes, or ask the sender for several orders and discard this one.",
  },
  "not-allowed": {
    short: "Sender not allowed",
    what: "The sender may not place orders in this way.",
    todo: "Ask the sender. If the order is meant, let the sender's account in first and send it again, or take it as a new order and discard this one.",
  },
  "gave-up": {
    short: "Fault of the system",
    what: "Nothing is wrong with the content. A part of the system did not work, and was tried again and again until this was put aside.",
    todo: "Send it again. If it comes back, tell whoever looks after the system.",
  },
  "no-reason": {
    short: "Reason unknown",
    what: "It failed so often that it was put aside, and the reason was not noted.",
    todo: "Send it again. If it comes back, tell whoever looks after the system.",
  },
  mail: {
    short: "Not written or sent",
    what: "The order itself is right. The mail about this change of it could not be written or sent.",
    todo: "Send it again: the mail goes out at once. If nobody needs it any more, discard it.",
  },
  "not-counted": {
    short: "Not counted",
    what: "The order itself is right. This change of it is missing in figures, search and customers.",
    todo: "Send it again: it is counted at once.",
  },
  event: {
    short: "Not sent",
    what: "The order itself is right. The event about this change of it could not be sent to the connected shop.",
    todo: "Send it again. If it comes back, tell whoever looks after the system.",
  },
  lost: {
    short: "Lost on its way",
    what: "The order was accepted, and then its content was lost. Only its ID, the time and the account of the sender are known.",
    todo: "Find out what was ordered: ask the sender, or the customer. Then mend it: fill in the form and send it, and it is placed as of the time when it was accepted. If it came in another way, discard it.",
    mend: true,
  },
  positions: {
    short: "Content gone",
    what: "Some changes of orders were not counted or mailed, and it is not known any more which. The orders themselves are right.",
    todo: "It cannot be sent again. Tell whoever looks after the system that mails or figures may lack some changes, then discard it.",
    isGone: true,
  },
  other: {
    short: "Other reason",
    what: "The reason has no words here. It is among the details for an engineer.",
    todo: "Look at the content. Mend what is wrong with it, or send it again as it is.",
  },
};

const AGAINST_RULES = {
  short: "Against the rules",
  what: "Something in the order is against the rules for orders. It is listed below.",
  todo: "Mend it and send it. If the shop cannot know what was meant, ask the sender first.",
};

/** Return the words for the reason of a dead letter. An advice of a later release is "other". */
export function adviceOf({ advice, faults }) {
  const words = ADVICE[advice] ?? ADVICE.other;
  const saysLittle = [ADVICE.other, ADVICE["no-reason"]].includes(words);
  return saysLittle && faults?.length ? AGAINST_RULES : words;
}

/** Return why a letter is here in a sentence. A reason without words of its own is quoted. */
export const whyOf = (letter) =>
  (adviceOf(letter) === ADVICE.other && letter.reason) || adviceOf(letter).what;

/** The reasons of letters whose content is gone, which lists show too. lambdas/shop/letters.py has them. */
const ERASED = {
  "the order was erased": "Erased with the order",
  "the order was erased before it was stored": "Erased before it arrived",
};

/** Return a reason or a note, in words if an erasure wrote it. */
export const erasedOf = (text) => ERASED[text] ?? text;

/** Return the reason of a dead letter in a few words. A reason without words of its own is quoted. */
export const shortOf = (letter) =>
  adviceOf(letter) === ADVICE.other ? erasedOf(letter.reason) : adviceOf(letter).short;
