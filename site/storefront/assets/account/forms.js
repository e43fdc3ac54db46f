// The forms of accounts, beside those that the desk has too.
import { signIn } from "../../../assets/lib/session.js";

/** Wire the buttons that lead to the sign-in, and from there to an address of this site. */
export function wireSignIn(then) {
  for (const button of document.querySelectorAll(".sign-in")) button.onclick = () => signIn(then);
}
