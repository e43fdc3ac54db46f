// The mails about an order: what became of each, and one to the shop that is sent again.
import { call } from "../lib/api.js";
import { announce, byId, show, showFailure, stamp } from "../lib/dom.js";
import { isolated, time } from "../lib/format.js";
import { deadLetterPage, link } from "../lib/links.js";
import { sessionEnded } from "../shell/shell.js";

const NAMES = {
  placed: "New order",
  rejected: "Order rejected",
  shipped: "Order shipped",
  cancelled: "Order cancelled",
};
const POLL_MS = 1500;
const MAX_POLLS = 21;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Show the mails of the order on screen. `page` is that of order.js. */
export async function showMails(page) {
  const region = byId("mails");
  try {
    display(page, await call("GET", `${page.path}/mails`));
    show(region, "listed");
  } catch (error) {
    if (!sessionEnded(error)) showFailure(region, error, () => showMails(page));
  }
}

function display(page, { mails, deadLetters }) {
  const open = deadLetters.filter(({ state }) => state === "open");
  byId("mail-rows").replaceChildren(...mails.map((mail) => row(page, mail, lettersOf(mail, open))));
  byId("mails-empty").hidden = mails.length > 0;
}

/** Return the dead letters that may be the mail. That of a mail to the customer has its event in its ID. */
const lettersOf = ({ toCustomer, event }, letters) =>
  letters.filter(({ id, source }) =>
    toCustomer ? source === "mails" && id.endsWith(`-${event}`) : source === "notifications",
  );

function row(page, mail, failed) {
  const made = stamp("mail-row", {
    event: mail.toCustomer ? `To the customer: ${NAMES[mail.event]}` : NAMES[mail.event],
    by: mail.by && `Sent again by ${isolated(mail.by)}`,
    state: inWords(mail, failed),
  });
  const button = made.querySelector("button");
  button.hidden = Boolean(mail.by || mail.toCustomer) || mail.state === "waiting";
  button.ariaLabel = `Send again: ${NAMES[mail.event]}`;
  button.onclick = () => sendAgain(page, mail.event, button);
  return made;
}

/** Return what became of a mail, as texts and links. */
function inWords({ state, sentAt, to = [], cameBackAt, because }, failed) {
  if (state === "sent") return ["Sent ", time(sentAt), to.length ? ` to ${to.map(isolated).join(", ")}` : ""];
  if (state === "bounced") return ["Did not arrive, ", time(cameBackAt), `: ${isolated(because)}`];
  if (state === "unwanted") return ["Marked as unwanted by the customer, ", time(cameBackAt)];
  if (state === "waiting") return ["On its way"];
  if (state === "unknown") return ["Nothing is known of it any more"];
  return ["Could not be sent. ", ...failed.map(({ id }) => link(deadLetterPage(id), "Why, and what to do"))];
}

/** Have a mail sent again, and show what becomes of it. */
async function sendAgain(page, event, button) {
  button.disabled = true;
  try {
    page.display(await call("POST", `${page.path}/mails`, { body: { event } }));
    announce("The mail is on its way.");
    await follow(page);
  } catch (error) {
    button.disabled = false;
    if (!sessionEnded(error)) await page.explain(error);
  }
}

/** Show the mails until the last one is sent or has failed, for half a minute at most. */
async function follow(page) {
  for (let polls = 0; polls < MAX_POLLS; polls++) {
    const found = await call("GET", `${page.path}/mails`);
    display(page, found);
    const { state } = found.mails.at(-1);
    if (state === "sent") return announce("The mail was sent.");
    if (state === "failed") return announce("The mail could not be sent.");
    await pause(POLL_MS);
  }
  return announce("The mail is still on its way.");
}
