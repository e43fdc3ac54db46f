import { byId, showFailure } from "../lib/dom.js";
import { finishSignIn, hasAccess, person, token } from "../lib/session.js";

const attempt = JSON.parse(sessionStorage.getItem("order-desk:sign-in")); // finishSignIn removes it
const withinSite = (path) => {
  const back = new URL(path, location.origin);
  return back.origin === location.origin ? back : "/"; // a path that begins with two slashes leads to another site
};

/** Store the time of the sign-in, which the page People shows. The sign-in neither waits for this nor fails with it. */
async function recordSignIn() {
  if (!hasAccess(person())) return;
  const headers = { Authorization: await token() };
  await fetch("/api/sign-ins", { method: "POST", headers, keepalive: true });
}

try {
  const back = withinSite(await finishSignIn());
  recordSignIn().catch(() => {});
  location.replace(back);
} catch (error) {
  byId("sign-in-again").href = withinSite(attempt?.returnTo ?? "/");
  const lost = error instanceof TypeError || error.name === "TimeoutError";
  const message = "The sign-in service cannot be reached. Check the connection, then sign in again.";
  showFailure(byId("sign-in"), lost ? { message } : error);
}
