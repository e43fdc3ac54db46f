// Selected orders: ticked one by one, as a range with Shift, or the whole page. The boxes keep the selection, and elsewhere.js that of other pages.
import { byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { count } from "../lib/format.js";
import { person } from "../lib/session.js";
import { cancellable, nextStep } from "../order/status.js";
import { PARTLY, query } from "./address.js";
import { elsewhere, filterNow } from "./elsewhere.js";
import { knownTotal } from "./head.js";
import { MAX_ORDERS } from "./read-all.js";
import { sumOf } from "./sums.js";
import { boxOf, inOrder, notifyChange, rows, selected, selectedOrders } from "./rows.js";

const all = byId("all-on-page");
let anchor; // where a range with Shift begins

/** Handle a click on a tick box, which made it `checked`. */
export function picked(box, checked, shiftKey) {
  if (box === all) for (const row of inOrder()) tick(row, checked);
  else pick(box.closest("tr"), checked, shiftKey);
  showSelection();
}

/** Tick or untick a row after a key was pressed. */
export function toggle(row) {
  pick(row, !boxOf(row).checked, false);
  showSelection();
}

function pick(row, checked, upToHere) {
  const order = inOrder();
  const [first, last] = [order.indexOf(anchor), order.indexOf(row)].toSorted((a, b) => a - b);
  for (const each of upToHere && first >= 0 ? order.slice(first, last + 1) : [row]) tick(each, checked);
  anchor = row;
}

function tick(row, checked) {
  const box = boxOf(row);
  box.checked = checked && !box.disabled;
}

/** Show how many orders are selected, and the actions that are possible with them. */
export function showSelection() {
  const chosen = selected();
  const orders = selectedOrders();
  const steps = new Set(orders.map(({ status }) => nextStep[status]?.label));
  const [step] = steps;
  byId("bulk-bar").hidden = !orders.length;
  byId("selected-count").textContent = `${count(orders.length, "order")} selected${whereSelected(chosen)}`;
  byId("selected-sum").textContent = orders.length ? sumOf(orders) : "";
  byId("move-selected").textContent = steps.size === 1 && step ? step : "Move to next status";
  byId("move-selected").disabled = steps.size === 1 && !step; // no selected order has a next status
  byId("cancel-selected").disabled = !orders.some(({ status }) => cancellable.includes(status));
  all.checked = chosen.length > 0 && chosen.length === inOrder().length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  offerFound(orders.length);
  keep(orders);
}

/** Keep the IDs of the selected orders, which a reload of this tab selects again. */
function keep(orders) {
  const kept = draft("selection", person());
  if (orders.length) kept.save({ filter: filterNow(), orderIDs: orders.map(({ orderID }) => orderID) });
  else kept.clear();
}

const whereSelected = (chosen) => (elsewhere.size ? `, ${chosen.length} of them on this page` : "");

/** Offer to select all orders of the list, if the page is selected and there are more, but not too many. */
function offerFound(number) {
  const params = query();
  const total = PARTLY.some((name) => params.has(name)) ? undefined : knownTotal(params.get("status"));
  const isMore = total ? number < total : elsewhere.size === 0;
  const hasPages = byId("orders").nextCursor || params.has("cursor");
  byId("select-found").hidden = !all.checked || !hasPages || !isMore || total > MAX_ORDERS;
  byId("select-found").textContent = `Select all ${total ? `${total} ` : ""}that this finds`;
}

/** Select these orders and no other. */
export function selectOnly(orders) {
  untickAll();
  selectMore(orders);
}

/** Select these orders too, also those on other pages. */
export function selectMore(orders) {
  for (const order of orders) {
    const row = rows.get(order.orderID);
    if (row) tick(row, true);
    else elsewhere.set(order.orderID, order);
  }
  notifyChange();
}

function untickAll() {
  elsewhere.clear();
  for (const row of selected()) tick(row, false);
}

export function clearSelection() {
  untickAll();
  showSelection();
}

byId("order-rows").addEventListener("rows", showSelection);
byId("clear-selection").onclick = () => {
  clearSelection();
  inOrder()[0]?.querySelector("a").focus();
};
