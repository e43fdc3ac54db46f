// The messages of the page after a product was saved.
import { byId, stamp } from "../lib/dom.js";
import { showToast } from "../lib/toast.js";
import { showNotice } from "./conflict.js";
import { recallPage } from "./products.js";

/** Show that a product was saved. `before` is the product as it was, or nothing for a new one. */
export function tell(product, before) {
  showToast(byId("saved"), before ? "The changes are saved." : "The product is in the catalog.");
  const [was, is] = [before?.safetyDataSheet, product.safetyDataSheet];
  if (is && is !== was) tellOfSheet(product.sku);
}

/** Show who must get a new sheet, or the first one, with a link to the recall list of the last twelve months. */
function tellOfSheet(sku) {
  const line = stamp("recall-link");
  line.firstElementChild.href = recallPage(sku);
  showNotice(
    "Whoever got this product in the last 12 months must get the new safety data sheet (REACH Regulation, Article 31(9)).",
    [line],
  );
}
