// The sending of the order on the page, until it is placed, rejected or refused. A reload goes on from the local draft.
import { byId } from "../lib/dom.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded } from "../shell/shell.js";
import { toPutRight } from "./agreed-total.js";
import { progress } from "./progress.js";
import { decided, send } from "./submission.js";
import { linkTo } from "./succession.js";

const ofLetter = () => loadModule(() => import("./letter-submission.js"));

/**
 * `page` has `order()`, `form` and `keep()`, as for parked.js. `onQueued` is called once the order is in the queue, and `onDone`
 * after it was placed and nothing is left to do.
 */
export class Sending {
  constructor(page, { onQueued, onDone }) {
    Object.assign(this, { page, onQueued, onDone });
    byId("send-again").onclick = this.#resend;
  }

  /**
   * Send the same document until the API has accepted or refused it. After the first try, only a fault of the document counts
   * as a refusal: an ended session, for example, does not show whether the first try arrived.
   */
  async deliver({ again = false } = {}) {
    this.page.keep();
    this.page.form.lock(true);
    progress.sending();
    try {
      const { document, letter } = this.page.order();
      await (letter ? (await ofLetter()).sendMended(document, letter) : send(document));
    } catch (error) {
      return error.unknown || (again && !error.ofDocument) ? this.#wait(error) : this.#refused(error);
    }
    return this.follow();
  }

  #wait(error) {
    progress.unknown(error);
    sessionEnded(error);
    addEventListener("connected", this.#resend, { once: true });
  }

  #resend = () => progress.state() === "unknown" && this.deliver({ again: true });

  #refused(error) {
    this.goOnWriting();
    if (!sessionEnded(error)) this.page.form.showRefusal(error, "The order was not taken");
  }

  /** Show what becomes of the order in the queue. */
  async follow() {
    const order = this.page.order();
    order.stage = "queued";
    this.onQueued();
    this.page.keep();
    this.page.form.lock(true);
    progress.queued();
    try {
      this.#conclude(await this.#decided(order));
    } catch (error) {
      if (error.returned) this.goOnWriting([{ path: "", message: error.message }], "It came back");
      else if (!sessionEnded(error))
        progress.remark(`${error.message} The order itself is safe in the queue.`);
    }
  }

  async #decided({ document: { orderID }, letter }) {
    const onSlow = () => progress.remark();
    return letter ? (await ofLetter()).decidedOrReturned(orderID, onSlow, letter) : decided(orderID, onSlow);
  }

  #conclude(stored) {
    const { order, form, keep } = this.page;
    if (order().letter) this.#leadOn(order().letter);
    order().letter = null; // it is settled, also by a rejected order
    progress.decided(stored, order().values.items);
    const isRejected = stored.status === "rejected";
    if (isRejected) form.lineCheck.note(stored.rejectionReasons);
    linkTo(stored, order(), keep, isRejected ? keep : this.onDone);
    byId("order-form").hidden = !isRejected;
    if (isRejected) form.markErrors(stored.rejectionReasons);
    byId("fix").onclick = () => this.#fix(stored);
  }

  /** Lead on from a dead letter that is settled. Without an answer the other links of the panel do. */
  async #leadOn(letter) {
    const { leadOn } = await loadModule(() => import("./letter-onward.js"));
    leadOn(letter);
  }

  /** Go on with the content of a rejected order, which does not change. The corrected order is sent with a new ID. */
  #fix(rejected) {
    this.page.form.lineCheck.takePrices(rejected);
    const reasons = toPutRight(rejected.rejectionReasons);
    this.goOnWriting(reasons.length ? reasons : undefined, "What to put right");
    if (!reasons.length) byId("send").focus();
  }

  goOnWriting(faults, title) {
    this.page.order().stage = "writing";
    this.page.keep();
    progress.hide();
    this.page.form.lock(false);
    if (faults) this.page.form.showErrors(faults, title);
  }
}
