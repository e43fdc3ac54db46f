// A page that asks for the code from a mail. It has several states, and remembers the address when the person leaves it.
import { byId, fill, show } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";

/** Return a typed code without the spaces that a mail program or a person puts between its digits. */
export const bareCode = (typed) => typed.replaceAll(/\s/g, "");

/**
 * The states of `page`. The e-mail address is kept in sessionStorage under `key`, because the person may leave the page to
 * read the mail.
 */
export class CodePage {
  constructor(page, key) {
    Object.assign(this, { page, key });
    byId("start-over").onclick = () => this.startOver();
  }

  /** The address to which the code was mailed, or null. */
  get email() {
    return sessionStorage.getItem(this.key);
  }

  /** Show one state of the page, and move the focus to its heading. */
  show(state) {
    clearErrors(this.page);
    show(this.page, state);
    fill(this.page, { email: this.email });
    this.showResent("");
    this.page.querySelector(`[data-when="${state}"] h1`).focus();
  }

  awaitCode(address) {
    sessionStorage.setItem(this.key, address);
    this.show("code");
  }

  /** Remove the address. */
  forget() {
    sessionStorage.removeItem(this.key);
  }

  startOver() {
    this.forget();
    this.show("form");
  }

  /** Show whether another code was sent. An empty text removes the message. */
  showResent(text) {
    byId("resent").textContent = text;
  }
}
