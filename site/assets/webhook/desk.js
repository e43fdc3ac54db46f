// The actions of an admin on the webhook of a shop.
import { call } from "../lib/api.js";
import { byId, fill, show } from "../lib/dom.js";
import { sessionEnded } from "../shell/shell.js";
import { give, onCopy } from "../shops/given.js";
import { askAboutWebhook } from "./question.js";
import { showWebhook } from "./show.js";
import { DELETE_QUESTION, OFF_QUESTION, problemWords, removalQuestion } from "./words.js";

const desk = byId("webhook");
const DOES = { "add-secret": addSecret, on: switchOn, now: tryNow, off: switchOff, test, delete: remove };

let path, webhook, changed, tryOne;

/**
 * Wire the card. `onChange(webhook, sent)` is called after each change; `sent` is the ID of a delivery that was
 * queued. `onTry` sends an event that waits.
 */
export function onWebhook(shop, onChange, onTry) {
  tryOne = onTry;
  path = `/shops/${encodeURIComponent(shop)}/webhook`;
  changed = onChange;
  onCopy(desk);
  for (const button of desk.querySelectorAll("[data-does]"))
    button.onclick = () => DOES[button.dataset.does]();
  onAddress(byId("webhook-new-form"), setUp);
  onAddress(byId("webhook-url-form"), (url) => run("PUT", "", { url }, "Saved."));
  byId("webhook-copied").onclick = forget;
}

/** Read and show the webhook. Resolve to it, or to null for none. A secret stays on screen until it was copied. */
export async function loadWebhook() {
  webhook = await call("GET", path).catch((error) => {
    if (error.status !== 404) throw error;
    return null;
  });
  if (desk.dataset.state !== "given") showWebhook(webhook, removeSecret);
  return webhook;
}

/** Call `send(address)` when a form with an address is submitted, and enable its button. */
function onAddress(form, send) {
  form.onsubmit = (event) => {
    event.preventDefault();
    send(form.elements.url.value);
  };
  form.querySelector("button").disabled = false;
}

async function setUp(url) {
  const made = await run("PUT", "", { url });
  if (made?.secret) showSecret(made.secret, "The webhook sends from now on.");
}

function switchOn() {
  return run("PUT", "", { url: webhook.url, state: "active" }, "It sends again.");
}

/** End the pause, and try an event at once, so that its result shows whether the system takes events again. */
async function tryNow() {
  const said = "What waits is tried within a quarter of an hour, its oldest event in this list at once.";
  if (await run("PUT", "", { url: webhook.url, state: "active" }, said)) await tryOne();
}

function test() {
  return run("POST", "/test", undefined, "A test event is on its way. See the list below.");
}

async function switchOff() {
  if (await askAboutWebhook(OFF_QUESTION, "Switch it off"))
    await run("PUT", "", { url: webhook.url, state: "off" }, "Switched off.");
}

async function remove() {
  if (await askAboutWebhook(DELETE_QUESTION, "Delete it")) await run("DELETE", "");
}

async function removeSecret(secret) {
  const id = encodeURIComponent(secret.id);
  if (await askAboutWebhook(removalQuestion(webhook, secret), "Remove the secret"))
    await run("DELETE", `/secrets/${id}`, undefined, "The secret is removed.");
}

async function addSecret() {
  const made = await run("POST", "/secrets");
  if (made) showSecret(made.secret, "This is the new secret. Both sign until you remove the old one.");
}

function showSecret(secret, said) {
  fill(desk, { given: said });
  give(desk, { secret });
  show(desk, "given");
  byId("webhook-title").focus();
}

function forget() {
  give(desk, { secret: "" });
  showWebhook(webhook, removeSecret);
  byId("webhook-title").focus();
}

/** Make a call about the webhook, and show it as it is afterwards. Resolve to the answer, or to nothing if it failed. */
async function run(method, more, body, said = "") {
  if (desk.ariaBusy === "true") return null;
  desk.ariaBusy = "true";
  fill(desk, { said: "", problem: "" });
  try {
    const answer = (await call(method, path + more, { body })) ?? {};
    await loadWebhook();
    fill(desk, { said });
    changed(webhook, more === "/test" ? answer.id : undefined);
    return answer;
  } catch (error) {
    if (!sessionEnded(error)) fill(desk, { problem: problemWords(error) });
    return null;
  } finally {
    desk.ariaBusy = "false";
    if (document.activeElement.matches("body, [hidden]")) byId("webhook-title").focus(); // its button is gone
  }
}
