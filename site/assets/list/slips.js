// Packing slips of many orders: the question about those that were printed before, and the record of those printed now.
import { byId } from "../lib/dom.js";
import { fewAtATime } from "../lib/few-at-a-time.js";
import { count } from "../lib/format.js";
import { showToast } from "../lib/toast.js";
import { recordSlip } from "../order/slip.js";
import { notifyChange, updateRow } from "./rows.js";

/**
 * Call `print` with the orders whose packing slips are to be printed. If some of them had a slip already, the dialog first asks
 * whether to leave those out, because a slip that is printed twice may send the goods twice. An order that was edited since its
 * slip was printed needs another one.
 */
export function withoutTwice(orders, print) {
  const others = orders.filter(({ slipPrintedAt }) => !slipPrintedAt);
  const before = orders.length - others.length;
  if (!before) return print(orders);
  const these = others.length ? `${before} of these ${count(orders.length, "order")}` : "All of these orders";
  byId("print-text").textContent =
    orders.length === 1 ? "This order had a slip already." : `${these} had a slip already.`;
  byId("print-progress").hidden = true;
  byId("print-twice").hidden = false;
  offer(byId("print-others"), others, `Leave out, print ${others.length}`, print);
  offer(byId("print-all"), orders, orders.length === 1 ? "Print again" : `Print all ${orders.length}`, print);
  (others.length ? byId("print-others") : byId("print-cancel")).focus();
}

function offer(button, orders, text, print) {
  button.hidden = !orders.length;
  button.textContent = text;
  button.onclick = () => print(orders);
}

/** Record that these packing slips were printed. A toast says if some could not be recorded. */
export async function recordSlips(orders) {
  const failures = [];
  const record = (order) =>
    recordSlip(order).then(updateRow, (error) => error.status !== 404 && failures.push(error));
  await fewAtATime([...orders], record);
  notifyChange();
  if (failures.length)
    showToast(
      byId("list-note"),
      `That ${count(failures.length, "slip")} of ${orders.length} went to the printer is not recorded: ${failures[0].message}`,
    );
}
