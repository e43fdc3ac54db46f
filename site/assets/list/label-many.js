// The dialog that labels all selected orders: with another assignee, more tags, or fewer.
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { line } from "../lib/text.js";
import { offerTexts } from "../order/label-chips.js";
import { tagsIn } from "../order/labels.js";
import { runTask } from "./bulk.js";
import { inOrder, selectedOrders } from "./rows.js";

const form = byId("labels-form");
const { assignee, nobody, add, remove } = form.elements;

/** Ask for the labels of the selected orders, and save them. */
export async function labelSelected(list) {
  const orders = selectedOrders();
  form.reset();
  assignee.disabled = false;
  fill(byId("labels-dialog"), { orders: count(orders.length, "order") });
  offer(list, orders);
  if ((await ask(byId("labels-dialog"))) !== "save") return;
  const change = changeAsked();
  if (!change.add.length && !change.remove.length && change.assignee === undefined) return;
  await runTask(
    list,
    "label",
    orders.map((order) => ({ order, change })),
  );
}

/** Offer the person's own name first, and then the names and tags of the orders on screen. */
function offer(list, orders) {
  const shown = inOrder().map(({ order }) => order);
  const tagsOf = (some) => some.flatMap(({ tags = [] }) => tags);
  offerTexts(byId("label-names"), [
    list.who.email,
    ...shown.map((order) => order.assignee ?? "").filter(Boolean),
  ]);
  offerTexts(byId("label-tags"), tagsOf(shown));
  offerTexts(byId("label-own-tags"), tagsOf(orders));
}

/** Return the change that the form asks for. An empty assignee changes nothing, unless Nobody is ticked. */
function changeAsked() {
  const name = nobody.checked ? "" : line(assignee.value) || undefined;
  return { add: tagsIn(add.value), remove: tagsIn(remove.value), assignee: name };
}

byId("leave-labels").onclick = () => byId("labels-dialog").close();
nobody.onchange = () => (assignee.disabled = nobody.checked);
