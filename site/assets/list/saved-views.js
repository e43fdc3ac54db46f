// Saved views: named addresses of the list, for each person in this browser. The view on screen is marked.
import { announce, byId, stamp } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { addressWith } from "./address.js";

const dialog = byId("view-dialog");
const form = byId("view-form");
const field = byId("view-name");
let list;

const store = () => `order-desk:views:${list.who.email}`;
const currentAddress = () => addressWith({ cursor: null });
const sameName = (one, other) => one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;

/** Return the views of this person in the order in which they were saved: [{name, address}]. */
function load() {
  try {
    const views = JSON.parse(localStorage.getItem(store())) ?? [];
    return views.filter(({ address }) => address.startsWith("/orders.html"));
  } catch {
    return []; // the stored text is not a list of views; the next save replaces it
  }
}

function save(views) {
  if (views.length) localStorage.setItem(store(), JSON.stringify(views));
  else localStorage.removeItem(store());
  byId("save-view").hidden = false;
  showViews();
}

/** Show the saved views, and mark the view on screen now and after each change of the list. */
export function watch(shown) {
  if (!list) {
    list = shown;
    list.region.addEventListener("view", showViews);
    addEventListener("storage", ({ key }) => key === store() && showViews()); // saved in another tab
  }
  showViews();
}

function showViews() {
  const views = load();
  byId("views").replaceChildren(...views.map(chip));
  byId("save-view").hidden ||= views.some(({ address }) => address === currentAddress());
}

function chip(view) {
  const element = stamp("saved-view", { name: view.name });
  const [link, edit] = element.children;
  link.href = view.address;
  link.ariaCurrent = view.address === currentAddress() ? "true" : null;
  edit.hidden = view.address !== currentAddress();
  edit.ariaLabel = edit.title = `Rename or delete ${isolated(view.name)}`;
  edit.onclick = () => ask(view);
  return element;
}

/** Ask for a name, and save the address of the list on screen under it. */
export function saveView(shown) {
  watch(shown);
  ask({ name: "", address: currentAddress() }, true);
}

function ask(view, isNew = false) {
  byId("view-title").textContent = isNew ? "Save this view" : "Rename or delete this view";
  byId("delete-view").hidden = isNew;
  field.value = view.name;
  field.oninput = () => (byId("view-hint").hidden = !taken(view));
  field.oninput();
  form.onsubmit = () => keep(view);
  byId("delete-view").onclick = () => remove(view);
  byId("keep-view").onclick = () => dialog.close();
  dialog.showModal();
}

const taken = (view) => load().some(({ name }) => name !== view.name && sameName(name, field.value.trim()));

/** Save a view under the typed name. It replaces its earlier version, and any other view with the same name. */
function keep(view) {
  const name = field.value.trim();
  const isGone = (one) => one.name === view.name || sameName(one.name, name);
  const views = load();
  const renamed = { name, address: view.address };
  const at = views.findIndex(isGone);
  views.splice(at < 0 ? views.length : at, 0, renamed);
  save(views.filter((one) => one === renamed || !isGone(one)));
  announce(`Saved as ${isolated(name)}.`);
}

function remove(view) {
  save(load().filter(({ name }) => name !== view.name));
  dialog.close();
  announce(`${isolated(view.name)} is deleted.`);
}
