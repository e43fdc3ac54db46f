// The question before a person leaves an order that is neither sent nor parked: for links, the sign-out, keys and the browser.
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { followedLink } from "../lib/links.js";

const STAYS =
  "It is neither sent nor parked. What you typed stays in this tab until you close it. A parked order waits for you at every desk.";
const STAYS_UNPARKED = "It is not sent. What you typed stays in this tab until you close it.";
const IS_LOST = "It is neither sent nor parked. What you typed is gone when you sign out.";

/**
 * `isUnsafe()` returns whether to ask. `save()` resolves to whether the order is saved where it is parked already, and `park()`
 * to whether it is parked now, for an order that `mayPark()`. `onLeave()` is called when the person leaves anyway, and
 * `mayLeave()` returns whether this was the answer before, for links alone: a sign-out and the end of the tab ask again.
 * `giveUp()` notes that the sign-out need not ask about this order again.
 */
export class Leaving {
  #isAllowed = false;

  constructor(page) {
    Object.assign(this, page);
    document.addEventListener("click", (event) => this.#clicked(event), true);
    addEventListener("beforeunload", (event) => this.#mustAsk() && event.preventDefault());
    addEventListener("pageshow", () => (this.#isAllowed = false)); // Back in the browser
  }

  /** Open another page of the site, after the question if there is something to lose. */
  open(address) {
    return this.#go(
      () => location.assign(address),
      this.mayPark() ? STAYS : STAYS_UNPARKED,
      this.mayLeave() || isHere(new URL(address, location.href)),
    );
  }

  /** The dialog of an ended session says that what is typed is kept, and this is so. */
  #mustAsk() {
    return !this.#isAllowed && !byId("session-ended").open && this.isUnsafe();
  }

  #clicked(event) {
    const signOut = event.target.closest("#sign-out");
    const link = followedLink(event);
    if (!(signOut || (link && leaves(link) && !this.mayLeave())) || !this.#mustAsk()) return;
    event.preventDefault();
    event.stopPropagation();
    if (signOut) this.#go(() => (this.giveUp(), signOut.click()), IS_LOST);
    else this.open(link.href);
  }

  /** Call `leave`, if there is nothing to lose or the person says so. */
  async #go(leave, text, isFree = false) {
    if (!isFree && this.#mustAsk() && !(await this.#ask(text))) return;
    this.#isAllowed = true;
    leave();
  }

  async #ask(text) {
    if (await this.save()) return true;
    const dialog = byId("leave-dialog");
    fill(dialog, { text });
    const answer = await ask(dialog);
    if (answer === "leave") this.onLeave();
    return answer === "leave" || (answer === "park" && this.park());
  }
}

/** Whether a link opens a page of this site in this tab, and not only another place of this page. */
const leaves = (link) =>
  link.target !== "_blank" && link.origin === location.origin && !(link.hash && isHere(link));

/** Whether an address is the one of this page, whose local draft is there again. */
const isHere = ({ pathname, search }) => pathname + search === location.pathname + location.search;
