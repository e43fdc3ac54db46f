// The page of one product, or of a new one if the address names none.
import { showCards } from "../catalog/cards.js";
import { hideNotice, showNotice } from "../catalog/conflict.js";
import { ProductEdit } from "../catalog/edit.js";
import { lastProducts, productPage, productPath } from "../catalog/products.js";
import { call } from "../lib/api.js";
import { byId, fill, show, showFailure, stamp } from "../lib/dom.js";
import { isolated } from "../lib/format.js";
import { queryValue } from "../lib/paging.js";
import { linkBack } from "../lib/place-in-list.js";
import { showToast } from "../lib/toast.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";

const page = byId("product");
const recallPage = (sku) => `/recall.html?${new URLSearchParams({ sku })}`;
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
    remove(product, { onStopped: saved, onGone: leave });
  };
  byId("to-recall").href = recallPage(sku);
  show(page, "shown");
  showCards(product);
}

function showHead({ title, sku, state }) {
  document.title = `${isolated(title)} · Order desk`;
  fill(page, { title, sku, state });
}

/** Show a product that was saved. A new one gets its own address. Return whether a notice has the focus. */
function saved(product, before) {
  const isNew = !queryValue("sku");
  if (isNew) history.replaceState(null, "", productPage(product.sku));
  hideNotice();
  display(product);
  showToast(byId("saved"), isNew ? "The product is in the catalog." : "The changes are saved.");
  const isReplaced = before?.safetyDataSheet && product.safetyDataSheet !== before.safetyDataSheet;
  return Boolean(isReplaced && product.safetyDataSheet && tellOfSheet(product.sku));
}

/** Say who must get the new sheet. The recall page itself begins twelve months ago. */
function tellOfSheet(sku) {
  const line = stamp("recall-link");
  line.firstElementChild.href = recallPage(sku);
  showNotice(
    "Whoever got this product in the last 12 months must get the new safety data sheet (REACH Regulation, Article 31(9)).",
    [line],
  );
  return true;
}

/** Go back to the list from a product that was deleted. */
function leave() {
  edit.drafts.clear();
  location.assign(byId("to-list").href);
}

/** Resolve to the faults of a document. The schemas are loaded when the first product is saved. */
const check = async (...typed) => (await loadModule(() => import("../catalog/faults.js"))).faultsOf(...typed);

/** Upload a file. What that needs is loaded when the first file is chosen. */
const upload = async (...given) =>
  (await loadModule(() => import("../catalog/uploads.js"))).uploadFile(...given);

start((who) => {
  ({ isAdmin } = who);
  edit = new ProductEdit(who, { check, upload, onSaved: saved });
  linkBack(byId("to-list"), lastProducts(who), () => queryValue("sku"));
  addEventListener("popstate", load);
  load();
});
