// The person's own account: name, role, how long the session lasts, another password, sign-out here or everywhere.
import { onSend, revealPasswords } from "../account/accounts.js";
import { callAsPerson, changePassword } from "../account/as-person.js";
import { byId, fill } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { person } from "../lib/session.js";
import { loadModule } from "../shell/connection.js";
import { keys } from "../shell/keys.js";
import { sessionEnded, start } from "../shell/shell.js";

const page = byId("my-account");
const form = byId("password-form");
const HOUR_MS = 3_600_000;

function permissions({ groups }) {
  if (groups.includes("admin")) return "Admin: see and handle orders, erase them, and manage accounts.";
  if (groups.includes("staff")) return "Staff: see and handle orders.";
  return "Nothing yet: an admin of the shop has to let you in.";
}

const clock = (ms) => time(new Date(ms).toISOString());

function showPerson({ since = Date.now(), ...who }) {
  const end = since + page.dataset.sessionHours * HOUR_MS;
  fill(page, { email: who.email, may: permissions(who), since: clock(since) });
  fill(page, { until: ["when you sign out or close this tab, and at ", clock(end), " at the latest."] });
  form.elements.email.value = who.email;
  byId("for-admins").hidden = !who.isAdmin;
}

async function change({ present, password }) {
  fill(page, { changed: "" });
  try {
    await changePassword(present, password);
  } catch (error) {
    if (sessionEnded(error)) return;
    throw error;
  }
  form.reset();
  form.elements.email.value = person().email;
  fill(page, { changed: "Your password is changed." });
}

async function endEverywhere() {
  fill(page, { failure: "" });
  try {
    await callAsPerson("GlobalSignOut");
    byId("sign-out").click();
  } catch (error) {
    if (!sessionEnded(error)) fill(page, { failure: error.message });
  }
}

start(
  (who) => {
    showPerson(who);
    revealPasswords();
    onSend(form, change);
    byId("sign-out-here").onclick = () => byId("sign-out").click();
    byId("sign-out-everywhere").onclick = endEverywhere;
    byId("show-keys").onclick = async () =>
      (await loadModule(() => import("../shell/keyboard-help.js"))).help(keys({}));
  },
  { anyone: true },
);
