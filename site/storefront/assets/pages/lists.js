// The saved lists of the account: save the cart as one, rename it, delete it, put it into the cart.
import { ask } from "../../../assets/lib/dialogs.js";
import { announce, byId, fill, show } from "../../../assets/lib/dom.js";
import { count } from "../../../assets/lib/format.js";
import { clearErrors, showErrors } from "../../../assets/lib/form-errors.js";
import { enter, leftFor } from "../account/door.js";
import { replaceRows } from "../account/rows.js";
import { Stored } from "../account/stored.js";
import { factsOf } from "../cart/facts.js";
import { onCart, readKept } from "../cart/kept.js";
import { sync } from "../cart/sync.js";
import { faultOfName, forCart, renamed, whyNotSaved, withList } from "../lists/lists.js";
import { listRow } from "../lists/row.js";
import { orderAgain } from "../orders/again.js";

const page = byId("lists-page");
const form = byId("save-form");
const most = { lines: Number(page.dataset.lines), lists: Number(page.dataset.lists) };
const title = byId("lists-title");
let stored;
const allLists = () => stored.row.lists;

async function load() {
  const { lists } = await sync(); // the cart is that of all devices
  stored = new Stored("lists", lists, showAll);
  showAll();
  show(page, "ready");
}

function showAll() {
  replaceRows(byId("lists"), allLists().map(rowOf), title);
  byId("no-list").hidden = allLists().length > 0;
  showCart();
}

function showCart() {
  const { length } = readKept().lines;
  const why = whyNotSaved(allLists().length, length, most);
  fill(page, { why, cart: why ? "" : `${count(length, "product")} of your cart, ticked or not.` });
  const isLost = why !== "" && form.contains(document.activeElement);
  form.hidden = why !== "";
  if (isLost) byId("save-title").focus();
}

const rowOf = (list, at) =>
  listRow(list, { put: () => put(list), rename: () => rename(at), remove: () => remove(at) });

const put = (list) =>
  attempt(async () => {
    const facts = await factsOf(list.lines.map(({ sku }) => sku));
    orderAgain({ items: forCart(list, facts) });
  });

async function save(event) {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  clearErrors(form);
  const { value } = form.elements.name;
  const fault = faultOfName(allLists(), value);
  if (fault) return void showErrors(form, [{ path: "name", message: fault }]);
  form.ariaBusy = "true";
  try {
    await stored.store(withList(allLists(), value, readKept().lines));
    form.reset();
    announce(`${value.trim()} is saved.`);
  } catch (error) {
    if (!leftFor(error)) showErrors(form, [{ path: "", message: error.message }]);
  }
  form.ariaBusy = null;
}

async function rename(at) {
  const dialog = byId("rename-dialog");
  const field = dialog.querySelector("input");
  field.value = allLists()[at].name;
  const fault = () =>
    field.setCustomValidity(faultOfName(allLists(), field.value, at) && "Type another name.");
  field.oninput = fault;
  fault();
  dialog.querySelector(".cancel").onclick = () => dialog.close("cancel");
  const answered = ask(dialog);
  field.select();
  if ((await answered) !== "save" || !(await change(renamed(allLists(), at, field.value)))) return;
  byId("lists").children[at].querySelector('[data-act="rename"]').focus();
  announce(`The list is called ${field.value.trim()} now.`);
}

async function remove(at) {
  const dialog = byId("delete-dialog");
  const { name } = allLists()[at];
  fill(dialog, { name });
  if ((await ask(dialog)) !== "delete" || !(await change(allLists().toSpliced(at, 1)))) return;
  announce(`${name} is deleted.`);
}

const change = (lists) => attempt(() => stored.store(lists));

/** Do something with the lists, and show its failure. Resolve to whether it is done. */
async function attempt(act) {
  fill(page, { trouble: "" });
  try {
    await act();
    return true;
  } catch (error) {
    if (!leftFor(error)) fill(page, { trouble: error.message });
    return false;
  }
}

form.onsubmit = save;
onCart(() => stored && showCart());
enter(page, load);
