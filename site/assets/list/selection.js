// Selected orders: ticked one by one, as a range with Shift, or the whole page. The boxes alone keep the selection.
import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { nextStep } from "../order/status.js";
import { sumOf } from "./sums.js";
import { boxOf, inOrder, notifyChange, selected } from "./rows.js";

const all = byId("all-on-page");
let anchor; // where a range with Shift begins

/** Handle a click on a tick box. */
export function picked({ target, shiftKey }) {
  if (target === all) for (const row of inOrder()) tick(row, all.checked);
  else pick(target.closest("tr"), target.checked, shiftKey);
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
  const steps = new Set(chosen.map((row) => nextStep[row.order.status]?.label));
  const [step] = steps;
  byId("bulk-bar").hidden = !chosen.length;
  const orders = chosen.map(({ order }) => order);
  byId("selected-count").textContent = `${count(orders.length, "order")} selected`;
  byId("selected-sum").textContent = orders.length ? sumOf(orders) : "";
  byId("move-selected").textContent = steps.size === 1 && step ? step : "Move to next status";
  byId("move-selected").disabled = steps.size === 1 && !step; // no selected order has a next status
  all.checked = chosen.length > 0 && chosen.length === inOrder().length;
  all.indeterminate = chosen.length > 0 && !all.checked;
}

/** Select these orders and no other, as far as they have rows. */
export function selectOnly(orders) {
  const ids = new Set(orders.map(({ orderID }) => orderID));
  for (const row of inOrder()) tick(row, ids.has(row.order.orderID));
  notifyChange();
}

export function clearSelection() {
  for (const row of selected()) tick(row, false);
  showSelection();
}

byId("order-rows").addEventListener("rows", showSelection);
byId("clear-selection").onclick = () => {
  clearSelection();
  inOrder()[0]?.querySelector("a").focus();
};
