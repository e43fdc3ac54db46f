// The page of one product, or of a new one if the address names none.
import { showCards } from "../catalog/cards.js";
import { hideNotice } from "../catalog/conflict.js";
import { ProductEdit } from "../catalog/edit.js";
import { wireFiles } from "../catalog/file-fields.js";
import { lastProducts, productPage, productPath, recallPage } from "../catalog/products.js";
import { call } from "../lib/api.js";
import { byId, fill, show, showFailure } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { queryValue } from "../lib/paging.js";
import { linkBack } from "../lib/place-in-list.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";

const page = byId("product");
let edit;
let isAdmin = false;

async function load() {
  const sku = queryValue("sku");
  page.setAttribute("aria-busy", "true");
  fill(page, { asked: sku });
  try {
    if (sku) display(await call("GET", productPath(sku)));
    else displayNew();
  } catch (error) {
    if (error.status === 404) show(page, "missing");
    else if (!sessionEnded(error)) showFailure(page, error, load);
  }
  page.setAttribute("aria-busy", "false");
}

function displayNew() {
  showHead({ title: "New product", sku: "", state: "" });
  edit.open(null);
  show(page, "shown");
  byId("product-sku").focus();
}

function display(product) {
  const { sku, name, active } = product;
  showHead({ title: name, sku, state: active ? "" : "Not sold" });
  edit.open(product);
  byId("delete-section").hidden = !isAdmin;
  byId("delete").onclick = async () => {
    const { remove } = await loadModule(() => import("../catalog/removal.js"));
    remove(product, { onStopped: (stopped) => saved(stopped, product), onGone: leave });
  };
  byId("to-recall").href = recallPage(sku);
  show(page, "shown");
  showCards(product, () => loadModule(() => import("../catalog/sold-rows.js")));
}

function showHead({ title, sku, state }) {
  document.title = `${isolated(title)} · Order desk`;
  fill(page, { title, sku, state });
}

/** Show a product that was saved. A new one gets its own address. */
function saved(product, before) {
  const isNew = !queryValue("sku");
  if (isNew) history.replaceState(null, "", productPage(product.sku));
  hideNotice();
  display(product);
  loadModule(() => import("../catalog/after-save.js")).then(({ tell }) => tell(product, before));
}

/** Go back to the list from a product that was deleted. */
function leave() {
  edit.drafts.clear();
  location.assign(byId("to-list").href);
}

/** Resolve to the faults of a document. The schemas are loaded when the first product is saved. */
const check = async (...typed) => (await loadModule(() => import("../catalog/faults.js"))).faultsOf(...typed);

/** The module that uploads files is loaded when the first file is chosen. */
const fileModule = () => loadModule(() => import("../catalog/take-file.js"));

start((who) => {
  ({ isAdmin } = who);
  edit = new ProductEdit(who, { check, onSaved: saved });
  wireFiles(fileModule);
  linkBack(byId("to-list"), lastProducts(who), () => queryValue("sku"));
  addEventListener("popstate", load);
  load();
});
