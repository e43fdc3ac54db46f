// The dialog of one person: the account, its changes, and what an admin can do with it.
import { call } from "../lib/api.js";
import { byId, fill, show, stamp } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { sessionEnded } from "../shell/shell.js";
import { askToDisable, askToLetIn } from "./question.js";
import { actionsOf, changeWords, fixedWords, sourceWords, stateWords } from "./words.js";

const dialog = byId("person-dialog");
const form = byId("groups-form");
const SAID = {
  invite: "The invitation is on its way.",
  "sign-out": "Signed out everywhere. What is open stays usable for 16 minutes at most.",
  enable: "Enabled. The person can sign in again.",
  disable: "Disabled. What is open stays usable for 16 minutes at most.",
  save: "Saved. It counts within 16 minutes, or at once when the person signs in again.",
};

let person, isOwn, changed;

/** Wire the dialog. `onChange(person)` is called after each change. */
export function onPersonChange(onChange) {
  changed = onChange;
  form.onsubmit = (event) => {
    event.preventDefault();
    save();
  };
  for (const button of dialog.querySelectorAll("[data-does]"))
    button.onclick = () => act(button.dataset.does);
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
}

/** Open the dialog of a person as the list has them, and read the changes. `own` is the address of the admin. */
export function open(one, own) {
  isOwn = one.email === own;
  byId("changes").open = false;
  fill(dialog, { said: "", problem: "" });
  showPerson(one);
  show(dialog, "shown");
  if (!dialog.open) dialog.showModal();
  byId("person-title").focus();
  readChanges();
}

/** Show the changes, which the list does not have, unless an action has shown them meanwhile. */
async function readChanges() {
  const { sub } = person;
  try {
    const { history } = await call("GET", `/people/${sub}`);
    if (person.sub === sub && !person.history) showChanges(history);
  } catch (error) {
    if (!sessionEnded(error)) fill(dialog, { problem: error.message });
  }
}

function showChanges(history) {
  byId("change-rows").replaceChildren(...history.map(changeRow));
  fill(dialog, { unchanged: history.length ? "" : "Nobody has changed this account here." });
}

function showPerson(one) {
  person = one;
  const { groups, configuredGroups, createdAt, lastSignInAt, history } = one;
  fill(dialog, {
    email: one.email ?? one.sub,
    state: stateWords(one, Date.now()),
    source: sourceWords(one),
    created: time(createdAt),
    last: lastSignInAt ? time(lastSignInAt) : "None on this site",
    ends: one.invitationEndsAt && time(one.invitationEndsAt),
    fixed: fixedWords(one, isOwn),
  });
  for (const name of ["staff", "admin"]) {
    form.elements[name].checked = groups.includes(name);
    form.elements[name].disabled = configuredGroups.includes(name) || (isOwn && name === "admin");
  }
  const actions = actionsOf(one, isOwn);
  for (const button of dialog.querySelectorAll("[data-does]"))
    button.hidden = !actions.includes(button.dataset.does);
  showChanges(history ?? []);
}

const changeRow = (entry) =>
  stamp("change-row", { event: changeWords(entry), by: entry.by, at: time(entry.at) });

function save() {
  const groups = ["staff", "admin"].filter((name) => form.elements[name].checked);
  const letIn = () => run("PATCH", "", { groups }, SAID.save);
  const isStranger = person.state === "waiting" && person.source === "other" && groups.length && person.email;
  return isStranger ? askToLetIn(person, letIn) : letIn();
}

function act(name) {
  if (name === "disable")
    return askToDisable(person, () => run("PATCH", "", { enabled: false }, SAID.disable));
  if (name === "enable") return run("PATCH", "", { enabled: true }, SAID.enable);
  return run("POST", name === "invite" ? "/invitation" : "/sign-out", undefined, SAID[name]);
}

/** Make a call about the person, and show the account as it is afterwards. */
async function run(method, path, body, said = "") {
  if (dialog.ariaBusy === "true") return;
  const { sub } = person;
  dialog.ariaBusy = "true";
  fill(dialog, { said: "", problem: "" });
  try {
    const answer = await call(method, `/people/${sub}${path}`, { body });
    changed(answer);
    showPerson(answer);
    fill(dialog, { said });
    if (document.activeElement.matches("body, [hidden]")) byId("person-title").focus(); // its button is gone
  } catch (error) {
    if (!sessionEnded(error)) fill(dialog, { problem: error.message });
  }
  dialog.ariaBusy = "false";
}
