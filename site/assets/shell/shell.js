// What every signed-in page has: who is here, sign-out, keys, announcements, the ended session, the lost connection.
import { SignedOut, forget, person, signIn, signOut, token } from "../lib/session.js";
import { byId, fill } from "../lib/dom.js";

/** Whether an account has been let in: it is in one of the groups. */
export const letIn = (who) => ["staff", "admin"].some((group) => who?.groups.includes(group));

/**
 * Runs a page for someone who is signed in; anyone else signs in first and comes back here. An account that nobody has
 * let in is told so instead, but on a page that is for `anyone`.
 */
export async function start(page, { anyone = false } = {}) {
  try {
    await token();
  } catch (error) {
    if (error instanceof SignedOut) return signIn();
    // The sign-in service cannot be reached: the page's own call will say so, with a way to try again.
  }
  const who = person();
  fill(byId("account"), { email: who.email }).hidden = false;
  const tabs = new BroadcastChannel("order-desk:sign-out");
  tabs.onmessage = () => {
    forget();
    sessionEnded(new SignedOut("You have signed out in another tab."));
  };
  byId("sign-out").onclick = () => tabs.postMessage(null) ?? signOut();
  byId("sign-in-again").onclick = () => signIn();
  addEventListener("pageshow", (event) => event.persisted && !person() && signIn()); // "back" after a sign-out
  if (!anyone && !letIn(who)) return showNoAccess();
  await page(who);
  return location.hash === "#search" && searchFromElsewhere();
}

/** `/` on a page without a search leads to the list of orders and into its search. */
function searchFromElsewhere() {
  history.replaceState(history.state, "", location.pathname + location.search);
  document.querySelector("[data-search]")?.focus();
}

const showNoAccess = () => needed(() => import("./no-access.js")).then((state) => state.show());

/** Handles an ended session, or one without access, wherever a call may meet it. Returns whether the error was that. */
export function sessionEnded(error) {
  if (error.status === 403 && !letIn(person())) return Boolean(showNoAccess());
  if (!(error instanceof SignedOut)) return false;
  const dialog = byId("session-ended");
  if (!dialog.open) dialog.showModal();
  return true;
}

const shortcuts = {
  "/": ["Search", () => intoSearch() ?? location.assign("/orders.html#search")],
  n: ["New order", () => location.assign("/new-order.html")],
  "?": ["Show this list", async () => (await needed(() => import("./keyboard-help.js"))).help(shortcuts)],
};
const FIELD = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const ACTS_ITSELF = "a[href], button, summary, input, [role=option]";

/**
 * Gives keys of this page a meaning: keys({ j: ["Next order", act, { repeat: true }] }). `act` gets the event; it is
 * called again and again while the key is held down with `repeat` alone. `/`, `n` and `?` are there on every page.
 */
export const keys = (entries) => Object.assign(shortcuts, entries);

function intoSearch() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
  return field;
}

addEventListener("keydown", (event) => {
  const { target, ctrlKey, metaKey, altKey, defaultPrevented, isComposing } = event;
  const pressed = event.key ?? "Unidentified"; // a browser that fills a form says keydown without a key
  const key = pressed.length === 1 && !event.shiftKey ? pressed.toLowerCase() : pressed; // Caps Lock
  if (!(key in shortcuts) || target.closest(FIELD)) return;
  if (ctrlKey || metaKey || altKey || defaultPrevented || isComposing) return;
  if (!person() || document.querySelector("dialog[open]") || localStorage.getItem("order-desk:keys-off"))
    return;
  if ((key === "Enter" || key === " ") && target.closest(ACTS_ITSELF)) return;
  event.preventDefault();
  const [, act, { repeat = false } = {}] = shortcuts[key];
  if (!event.repeat || repeat) act(event); // at once: a moment later it may mean something else
});

// A button that has the focus would be pressed again and again while Enter is held down.
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.repeat && event.target.closest("button")) event.preventDefault();
});

/** Says something that is seen anyway to those who do not see it. */
export function announce(text) {
  byId("announcement").textContent = text;
}

const OFFLINE =
  "You are offline. What you have typed is kept; this page goes on when you are connected again.";
const AWAY =
  "The server does not answer. What you have typed is kept; this page looks for it every few seconds.";
const LOOK_AGAIN = 4_000; // ms
let next;
let lostAt = 0;

function lost() {
  lostAt = performance.now();
  const text = navigator.onLine ? AWAY : OFFLINE;
  if (byId("connection").textContent !== text) byId("connection").textContent = text;
  clearTimeout(next);
  next = setTimeout(look, LOOK_AGAIN);
}

const look = () => fetch(location.pathname, { method: "HEAD", cache: "no-store" }).then(found, lost);

function found() {
  clearTimeout(next);
  if (!byId("connection").textContent) return;
  byId("connection").textContent = "";
  announce("You are connected again.");
  dispatchEvent(new Event("connected")); // for pages that have something to do again
}

/**
 * Imports what is first needed now; without a connection, once that is back. Some browsers never ask again for a module
 * that did not come, and a deployment may have taken it away: then the page is loaded anew, with what was typed.
 */
export async function needed(load) {
  try {
    return await load();
  } catch {
    lost();
    await new Promise((back) => addEventListener("connected", back, { once: true }));
    return load().catch(() => location.reload() ?? new Promise(() => {}));
  }
}

addEventListener("offline", lost);
addEventListener("unreachable", lost);
addEventListener("online", look);
addEventListener("reached", ({ detail: begun }) => begun > lostAt && found()); // an older call proves nothing
