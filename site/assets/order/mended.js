// A dead letter in the order form. It is sent in place of its own content, and keeps its date, its channel and its sender.
import { call } from "../lib/api.js";
import { setting } from "../lib/cognito.js";
import { byId, fill, showFailure } from "../lib/dom.js";
import { deadLetterPage } from "../lib/links.js";
import { person } from "../lib/session.js";
import { sessionEnded } from "../shell/shell.js";
import { pathOf } from "./letter-submission.js";
import { faultsFor, valuesFrom } from "./letter-content.js";
import { showNotTaken } from "./not-taken.js";

const WHAT_TO_DO = "What to put right";
const FOR_ADMINS = "Only an admin of the shop can mend and send it.";
const UNDER_WAY =
  "It was sent already, and its content can change no more. Look at the letter to see what became of it.";

/**
 * Fill the form with the content of a letter, or go on with its draft. `page` is that of parked.js, and has `resume(order)`.
 * `onFilled` is called before the prices are looked up.
 */
export async function openLetter(id, page, { kept, onFilled }) {
  dress(id, page);
  if (kept && (kept.stage !== "writing" || !kept.letter)) return page.resume(kept);
  page.form.lock(true);
  try {
    const letter = await call("GET", pathOf(id));
    showText(letter);
    showNotTaken(letter);
    const why = whyNot(letter);
    if (why) throw new Error(why);
    page.form.lock(false);
    return await (kept ? page.resume(kept) : fillFrom(letter, page, onFilled));
  } catch (error) {
    if (sessionEnded(error)) return undefined;
    byId("order-form").hidden = true;
    byId("letter-failed").hidden = false;
    return showFailure(byId("letter-failed"), error, () => location.reload());
  }
}

function whyNot({ state }) {
  if (!person().isAdmin) return FOR_ADMINS;
  return ["open", "discarded"].includes(state) ? "" : UNDER_WAY;
}

/** Show what the page is for. A letter cannot be parked, because a parked order is sent as an order of its own. */
function dress(id, page) {
  document.title = "Mend a dead letter · Order desk";
  byId("title").textContent = "Mend a dead letter";
  byId("mends").hidden = false;
  byId("mends").querySelector("a").href = deadLetterPage(id);
  for (const button of [byId("park"), byId("leave-dialog").querySelector('[value="park"]')])
    button.hidden = true;
  byId("discard").textContent = "Discard my changes";
  byId("discard").onclick = () => {
    page.clear();
    page.order().stage = "left";
    location.assign(deadLetterPage(id));
  };
}

/** Show the message as it came. It stands open if the form cannot show any of it. */
function showText({ body, original, order }) {
  fill(byId("letter-text"), { body: original ?? body }).hidden = false;
  byId("letter-text").open = !order;
}

async function fillFrom(letter, page, onFilled) {
  const { order = {} } = letter;
  const { form } = page;
  form.fill(valuesFrom(order, setting("currency")));
  page.order().letter = keptOf(letter);
  onFilled();
  if (form.values().customer.email) form.customers.showNote(form.values().customer.email);
  const faults = faultsFor(letter);
  if (faults.length) form.showErrors(faults, WHAT_TO_DO);
  else form.focus();
  const unsold = await form.lineCheck.all().catch(() => []); // the form looks them up again before it is sent
  if (unsold.length) form.showErrors([...unsold, ...faults], WHAT_TO_DO);
}

/** Return what a draft keeps of its letter: `entries` is how many the history had, and the rest is for its document. */
function keptOf({ id, version, receivedAt, history, advice, orderID, newOrderID, order = {} }) {
  const { items, charges, agreedTotal } = order;
  const isNew = newOrderID && (!orderID || advice === "id-taken");
  const content = { items, charges, agreedTotal };
  const sentID = isNew ? newOrderID : orderID;
  return { id, version, receivedAt, entries: history.length, orderID: sentID, content };
}
