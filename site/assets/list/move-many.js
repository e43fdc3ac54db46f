// The questions before many orders are moved or cancelled.
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { count, orderNumber } from "../lib/format.js";
import { lines } from "../lib/text.js";
import { cancellable, nextStep } from "../order/status.js";
import { askFirst, runTask } from "./bulk.js";
import { showPlan } from "./bulk-results.js";

const MAX_NAMED = 10; // orders in a line of the plan
const note = byId("cancel-many-note");

/** Show what a move would do to these orders, and move them after the person has confirmed it. */
export function moveMany(list, orders) {
  const able = orders.filter(({ status }) => nextStep[status]).length;
  byId("bulk-title").textContent = `Move ${count(orders.length, "order")} to the next status`;
  showPlan(byId("bulk-plan"), orders, (status) =>
    nextStep[status] ? `→ ${nextStep[status].to}` : "– no next status, will stay",
  );
  byId("bulk-start").textContent = `Move ${count(able, "order")}`;
  byId("bulk-start").hidden = !able;
  askFirst(
    list,
    "move",
    orders.map((order) => ({ order })),
  );
}

/** Ask why these orders are cancelled, and cancel those that may be. The others are named. */
export async function cancelMany(list, orders) {
  const dialog = byId("cancel-many-dialog");
  const able = orders.filter(({ status }) => cancellable.includes(status)).length;
  fill(dialog, { orders: count(able, "order") });
  showPlan(byId("cancel-many-plan"), orders, (status, group) =>
    cancellable.includes(status) ? "→ cancelled" : `– left out: ${named(group)}`,
  );
  requireReason();
  if ((await ask(dialog)) !== "cancel") return;
  const reason = lines(note.value);
  note.value = "";
  await runTask(
    list,
    "cancel",
    orders.map((order) => ({ order, reason })),
  );
}

function named(orders) {
  const more = orders.length - MAX_NAMED;
  return orders.slice(0, MAX_NAMED).map(orderNumber).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Require a visible reason. Blanks are none. */
function requireReason() {
  note.setCustomValidity(lines(note.value) ? "" : "Say why: it goes into the timeline of each order.");
}

note.oninput = requireReason;
