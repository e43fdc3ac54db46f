// The end of a sign-in, on the page to which Cognito's hosted pages lead back. Both sites have it.
import { byId, showFailure } from "../lib/dom.js";
import { finishSignIn } from "../lib/session.js";

/** Return an address of this site. A path that begins with two slashes leads to another one, or to none. */
export const withinSite = (path) => {
  try {
    const back = new URL(path, location.origin);
    return back.origin === location.origin ? back : "/";
  } catch {
    return "/"; // the path came with the address of this page
  }
};

/** Exchange the code for tokens, call `then`, and `leave` for the address at which the sign-in began. */
export async function endSignIn(then = () => {}, leave = (address) => location.replace(address)) {
  const attempt = JSON.parse(sessionStorage.getItem("order-desk:sign-in")); // finishSignIn removes it
  try {
    const back = withinSite(await finishSignIn());
    then();
    leave(back);
  } catch (error) {
    byId("sign-in-again").href = withinSite(attempt?.returnTo ?? "/");
    const lost = error instanceof TypeError || error.name === "TimeoutError";
    const message = "The sign-in service cannot be reached. Check the connection, then sign in again.";
    showFailure(byId("sign-in"), lost ? { message } : error);
  }
}
