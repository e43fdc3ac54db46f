// The forms of accounts, beside those that the desk has too.
import { person } from "../../../assets/lib/session.js";
import { leaveForSignIn } from "./door.js";

/** Wire the buttons that lead to the sign-in, and from there to an address of this site. */
export function wireSignIn(then) {
  for (const button of document.querySelectorAll(".sign-in")) button.onclick = () => leaveForSignIn(then);
  addEventListener("pageshow", () => {
    if (person() && history.state?.next) location.replace(history.state.next); // the sign-in led back to this page
  });
}
