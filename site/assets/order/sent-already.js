// The question before a parked order is sent that was sent at another desk already. What only this desk has is kept.
import { call } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { orderNumber } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { loadModule } from "../shell/connection.js";
import { contentOf } from "./draft-content.js";

const KEPT = "What you typed here and that order does not have is listed on its page.";
const SENT_ELSEWHERE = "This parked order was sent at another desk.";

/** Ask before an order is sent that was sent already at another desk. Resolve to whether to send it as a new order. */
export async function maySendParked(order, who) {
  if (!order.parked) return true;
  // Without an answer the order is sent: it has the same ID, and so is placed once at most.
  const sent = await call("GET", `/orders/${order.parked.orderID}`).catch(() => null);
  if (!sent) return true;
  const { changesSince } = await loadModule(() => import("./differences.js"));
  const kept = changesSince(sent, order.values).length ? KEPT : "";
  const dialog = byId("sent-dialog");
  fill(dialog, { number: orderNumber(sent), kept });
  const answer = await ask(dialog);
  if (answer === "open") openSent(order, sent, kept && draft("edit", who, sent.orderID));
  if (answer !== "new") return false;
  order.parked = null;
  order.document.orderID = crypto.randomUUID();
  return true;
}

/** Open the sent order. Its page shows what is typed, and there is nothing left to lose here. */
function openSent(order, sent, edits) {
  if (edits) edits.save({ base: sent, values: order.values, why: SENT_ELSEWHERE });
  order.safe = contentOf(order);
  location.assign(orderPage(sent.orderID));
}
