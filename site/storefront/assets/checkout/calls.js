// The calls by which an order is sent, for the pages that find one in the cart.
import { call } from "../../../assets/lib/api.js";
import { byId, fill, show } from "../../../assets/lib/dom.js";
import { person } from "../../../assets/lib/session.js";
import { keep, readKept } from "../cart/kept.js";
import { afterSending } from "../cart/lines.js";
import { putCart } from "../cart/sync.js";
import { addSent } from "../orders/sent.js";
import { forgetForm } from "./draft.js";
import { askAbout } from "./question.js";

const WAIT_MS = 1_000;
const MOST_MS = 15_000;

const calls = {
  put: putCart,
  read: () => call("GET", "/account").then(({ cart }) => cart),
  post: (order) => call("POST", "/orders", { body: order }),
  exists: (orderID) =>
    call("GET", `/orders/${orderID}`).then(
      () => true,
      (error) => error.status !== 404 && Promise.reject(error),
    ),
  wait: (tries) => {
    fill(byId("sending"), { trouble: "There is no answer yet. It is tried again; the order is sent once." });
    return new Promise((resolve) => setTimeout(resolve, Math.min(MOST_MS, WAIT_MS * tries)));
  },
};

/**
 * Send an order by `way`, a function of placing.js with its arguments, while the region shows that. The customer is asked about
 * a late one. Then leave for the order's page. Resolve to the outcome if the order was not sent.
 */
export async function sendFrom(region, way, ...given) {
  const { sub } = person();
  const before = readKept();
  show(region, "sending");
  fill(byId("sending"), { trouble: "" });
  scrollTo(0, 0); // the press was at the end of a page that was longer
  const outcome = await way(...given, calls);
  const { orderID, isLate, cart } = outcome;
  if (isLate) return sendFrom(region, await askAbout(region, cart), cart);
  keep(afterSending(before, readKept(), sub, outcome));
  if (!orderID) return outcome;
  forgetForm();
  addSent({ orderID, sub, at: new Date().toISOString() });
  location.replace(`/order?id=${orderID}`);
  return new Promise(() => {}); // until the other page is there
}

/** Return why nothing was sent, for the customer, or an empty text if that was the customer's wish. */
export function whyNotSent({ refused, isChanged }) {
  const changed =
    "Your cart was changed on another page or device, and is shown as it is now. This page ordered nothing: " +
    "look at your orders before you order the same again.";
  return isChanged ? changed : (refused?.message ?? "");
}
