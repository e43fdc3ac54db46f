// The panel that shows how far a sent order is: sending, unknown, queued, placed or rejected.
import { byId, fill, show, stamp } from "../lib/dom.js";
import { money, orderNumber } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { dearer, riseOf } from "./agreed-total.js";
import { catalogChanges } from "./catalog-changes.js";

const panel = byId("progress");

const noticeLine = (line) => stamp("notice-line", { line });

/** Show the panel in one of its states, and move the focus to it. */
function enter(state, slots) {
  for (const id of ["still-queued", "linked", "link-failed"]) byId(id).hidden = true;
  fill(panel, slots);
  show(panel, state);
  panel.hidden = false;
  panel.focus();
}

export const progress = {
  state: () => panel.dataset.state,
  hide: () => (panel.hidden = true),
  sending: () => enter("sending", {}),
  unknown: (error) => enter("unknown", { failure: error.message }),
  queued: () => enter("queued", {}),

  /** Show a remark about a queued order: it takes longer than usual, or its state cannot be read. */
  remark(text = "This takes longer than usual. You can leave this page: the order goes on by itself.") {
    byId("still-queued").textContent = text;
    byId("still-queued").hidden = false;
  },

  /** Show the stored order, with the differences from the lines that the form showed. */
  decided(stored, shown) {
    const { orderID, status, customer, total, currency } = stored;
    for (const link of panel.querySelectorAll("[data-open]")) link.href = orderPage(orderID);
    const state = status === "rejected" ? "rejected" : "placed"; // somebody may have packed it already
    const risen = dearer(stored);
    const changes = state === "placed" ? catalogChanges(shown, stored) : [];
    const rises = risen ? catalogChanges(shown, risen) : [];
    enter(state, {
      number: orderNumber(stored),
      customer: customer.name,
      total: money(total, currency),
      why: risen ? riseOf(risen) : "The reasons stand at the lines below.",
      changes: changes.map(noticeLine),
      rises: rises.map(noticeLine),
    });
  },
};
