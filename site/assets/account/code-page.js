// A page on which an address waits for the code from its mail: its states, and the address that survives leaving it.
import { byId, fill, show } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";

/** The states of `page`. The address stands in this tab under `key`, because reading the mail may leave the page. */
export class CodePage {
  constructor(page, key) {
    Object.assign(this, { page, key });
    byId("start-over").onclick = () => this.startOver();
  }

  /** The address that waits for its code, or null. */
  get email() {
    return sessionStorage.getItem(this.key);
  }

  /** Shows one state of the page, and moves the focus to its heading. */
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

  /** Removes the address. */
  forget() {
    sessionStorage.removeItem(this.key);
  }

  startOver() {
    this.forget();
    this.show("form");
  }

  /** Shows what became of another code, or "". */
  showResent(text) {
    byId("resent").textContent = text;
  }
}
