import { byId, showFailure } from "../lib/dom.js";
import { finishSignIn } from "../lib/session.js";

const attempt = JSON.parse(sessionStorage.getItem("order-desk:sign-in")); // finishSignIn removes it
const withinSite = (path) => {
  const back = new URL(path, location.origin);
  return back.origin === location.origin ? back : "/"; // a path that begins with two slashes leads to another site
};

try {
  location.replace(withinSite(await finishSignIn()));
} catch (error) {
  byId("sign-in-again").href = withinSite(attempt?.returnTo ?? "/");
  const lost = error instanceof TypeError || error.name === "TimeoutError";
  const message = "The sign-in service cannot be reached. Check the connection, then sign in again.";
  showFailure(byId("sign-in"), lost ? { message } : error);
}
