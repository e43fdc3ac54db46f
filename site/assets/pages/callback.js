// The page to which Cognito's hosted pages lead back.
import { hasAccess, person, token } from "../lib/session.js";
import { endSignIn } from "../account/sign-in-end.js";

/** Store the time of the sign-in, which the page People shows. The sign-in neither waits for this nor fails with it. */
async function recordSignIn() {
  if (!hasAccess(person())) return;
  const headers = { Authorization: await token() };
  await fetch("/api/sign-ins", { method: "POST", headers, keepalive: true });
}

await endSignIn(() => {
  recordSignIn().catch(() => {});
});
