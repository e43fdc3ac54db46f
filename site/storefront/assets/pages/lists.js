// The saved lists of the account: save the cart as one, rename it, delete it, put it into the cart.
import { call } from "../../../assets/lib/api.js";
import { ask } from "../../../assets/lib/dialogs.js";
import { announce, byId, fill, show } from "../../../assets/lib/dom.js";
import { count } from "../../../assets/lib/format.js";
import { clearErrors, showErrors } from "../../../assets/lib/form-errors.js";
import { enter, leftFor } from "../account/door.js";
import { factsOf } from "../cart/facts.js";
import { onCart, readKept } from "../cart/kept.js";
import { sync } from "../cart/sync.js";
import { faultOfName, forCart, renamed, whyNotSaved, withList } from "../lists/lists.js";
import { listRow } from "../lists/row.js";
import { orderAgain } from "../orders/again.js";

const page = byId("lists-page");
const form = byId("save-form");
const most = { lines: Number(page.dataset.lines), lists: Number(page.dataset.lists) };
let stored;

async function load() {
  ({ lists: stored } = await sync()); // the cart is that of all devices
  showAll();
  show(page, "ready");
}

function showAll() {
  byId("lists").replaceChildren(...stored.lists.map(rowOf));
  byId("no-list").hidden = stored.lists.length > 0;
  showCart();
}

function showCart() {
  const { length } = readKept().lines;
  const why = whyNotSaved(stored.lists.length, length, most);
  fill(page, { why, cart: why ? "" : `${count(length, "product")} of your cart, ticked or not.` });
  form.hidden = why !== "";
}

const rowOf = (list, at) =>
  listRow(list, { put: () => put(list), rename: () => rename(at), remove: () => remove(at) });

const put = (list) =>
  attempt(async () => {
    const facts = await factsOf(list.lines.map(({ sku }) => sku));
    orderAgain({ items: forCart(list, facts) });
  });

/** Store other lists. After a change on another device, nothing is stored and the present lists are shown. */
async function store(lists) {
  try {
    stored = await call("PUT", "/account/lists", { body: { lists }, version: stored.version });
  } catch (error) {
    if (error.status !== 412) throw error;
    stored = error.current;
    showAll();
    throw new Error(
      "The lists were changed on another device. They are shown as they are now; try once more.",
      {
        cause: error,
      },
    );
  }
  showAll();
}

async function save(event) {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  clearErrors(form);
  const { value } = form.elements.name;
  const fault = faultOfName(stored.lists, value);
  if (fault) return void showErrors(form, [{ path: "name", message: fault }]);
  form.ariaBusy = "true";
  try {
    await store(withList(stored.lists, value, readKept().lines));
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
  field.value = stored.lists[at].name;
  const fault = () =>
    field.setCustomValidity(faultOfName(stored.lists, field.value, at) && "Type another name.");
  field.oninput = fault;
  fault();
  dialog.querySelector(".cancel").onclick = () => dialog.close("cancel");
  if ((await ask(dialog)) === "save") await change(renamed(stored.lists, at, field.value));
}

async function remove(at) {
  const dialog = byId("delete-dialog");
  fill(dialog, { name: stored.lists[at].name });
  if ((await ask(dialog)) === "delete") await change(stored.lists.toSpliced(at, 1));
}

const change = (lists) => attempt(() => store(lists));

async function attempt(act) {
  fill(page, { trouble: "" });
  try {
    await act();
  } catch (error) {
    if (!leftFor(error)) fill(page, { trouble: error.message });
  }
}

form.onsubmit = save;
onCart(() => stored && showCart());
enter(page, load);
