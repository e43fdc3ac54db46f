// The dialog of one connected shop: what its system needs, its secrets, its changes, and what an admin can do with it.
import { call } from "../lib/api.js";
import { byId, fill, show } from "../lib/dom.js";
import { sessionEnded } from "../shell/shell.js";
import { give, onCopy } from "./given.js";
import { askAboutShop, backToShop } from "./question.js";
import { showShop } from "./show.js";
import { deleteQuestion, disableQuestion, removeQuestion } from "./words.js";

const dialog = byId("shop-dialog");
const ACTIONS = { "add-secret": addSecret, enable, disable, delete: remove };

let shop, reload;

/** Wire the dialog. `onChange()` is called after each change. It resolves to all shops, or to nothing without an answer. */
export function onShopChange(onChange) {
  reload = onChange;
  onCopy(dialog);
  byId("shop-name-form").onsubmit = (event) => {
    event.preventDefault();
    run("PATCH", "", { name: byId("shop-name").value }, "Saved.");
  };
  for (const button of dialog.querySelectorAll("[data-does]"))
    button.onclick = () => ACTIONS[button.dataset.does]();
  for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
  byId("secret-copied").onclick = forgetSecret;
  dialog.addEventListener("close", () => give(dialog, { secret: "" }));
}

/** Open the dialog of a shop as the list has it. */
export function openShop(one) {
  byId("shop-changes").open = false;
  fill(dialog, { said: "", problem: "" });
  write(one);
  show(dialog, "shown");
  dialog.showModal();
  byId("shop-title").focus();
}

function write(one) {
  shop = one;
  showShop(dialog, one, removeSecret);
}

function enable() {
  run("PATCH", "", { state: "active" }, "Enabled. It gets tokens again.");
}

function disable() {
  const said = "Disabled. A token that it has works for up to an hour.";
  askAboutShop(disableQuestion(shop), "Disable", () => run("PATCH", "", { state: "disabled" }, said));
}

function remove() {
  askAboutShop(deleteQuestion(shop), "Delete", async () => {
    if (await run("DELETE", "")) dialog.close();
  });
}

function removeSecret(secret) {
  const path = `/secrets/${encodeURIComponent(secret.id)}`;
  askAboutShop(removeQuestion(shop, secret), "Remove the secret", () =>
    run("DELETE", path, undefined, "The secret is removed."),
  );
}

async function addSecret() {
  const made = await run("POST", "/secrets");
  if (!made) return;
  give(dialog, { secret: made.clientSecret });
  show(dialog, "given");
  byId("shop-title").focus();
}

function forgetSecret() {
  give(dialog, { secret: "" });
  backToShop();
}

/** Make a call about the shop, and show it as it is afterwards. Resolve to the answer, or to nothing if it failed. */
async function run(method, path, body, said = "") {
  if (dialog.ariaBusy === "true") return null;
  const { id } = shop;
  dialog.ariaBusy = "true";
  fill(dialog, { said: "", problem: "" });
  const answer = await call(method, `/shops/${id}${path}`, { body }).then((result) => result ?? {}, failed);
  if (answer) await refresh(id, said);
  dialog.ariaBusy = "false";
  return answer;
}

function failed(error) {
  if (!sessionEnded(error)) fill(dialog, { problem: error.message });
}

async function refresh(id, said) {
  const now = (await reload())?.find((one) => one.id === id);
  if (now) write(now);
  fill(dialog, { said });
  if (document.activeElement.matches("body, [hidden]")) byId("shop-title").focus(); // its button is gone
}
