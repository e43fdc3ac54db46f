// The question about an order that waits in the cart and was not sent in time.
import { byId, fill, show } from "../../../assets/lib/dom.js";
import { count } from "../../../assets/lib/format.js";
import { amountText } from "../money.js";
import { sendLate, takeOut } from "./placing.js";

/** Ask in the region. Resolve to the function of placing.js that does what the customer chose. */
export function askAbout(region, { order, orderedAt }) {
  const day = new Date(orderedAt).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  const total = amountText(order.agreedTotal, JSON.parse(region.dataset.money));
  fill(region, {
    late: `Your order of ${day} was not sent.`,
    about: `It has ${count(order.items.length, "product")} and comes to ${total} without VAT.`,
  });
  show(region, "late");
  byId("late-title").focus();
  return new Promise((resolve) => {
    byId("send-late").onclick = () => resolve(sendLate);
    byId("take-out").onclick = () => resolve(takeOut);
  });
}
