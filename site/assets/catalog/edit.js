// The form of a product: a new one, or the one on screen. What is typed is kept in this tab until it is saved or discarded.
import { call } from "../lib/api.js";
import { byId, isShown } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { clearErrors } from "../lib/form-errors.js";
import { sessionEnded } from "../shell/shell.js";
import { hideNotice, showConflict, showNotice } from "./conflict.js";
import { form, putValues, showFaults, showRest, typedValues } from "./fields.js";
import { files, openFiles } from "./file-fields.js";
import { isAsAsked, productPath } from "./products.js";
import { FILES } from "./file-names.js";
import { documentOf, merge, valuesOf } from "./typed-product.js";

const shopCurrency = document.querySelector('meta[name="order-desk:currency"]').content;

export class ProductEdit {
  /** `check(document, isNew, currency)` resolves to faults. `onSaved(product, before)` is called with the product as it is stored. */
  constructor(who, { check, onSaved }) {
    Object.assign(this, { who, check, onSaved });
    form.oninput = () => this.#keep();
    form.onsubmit = (event) => {
      event.preventDefault();
      this.#save();
    };
    byId("discard").onclick = () => this.#discard();
  }

  /** Show a product in the form, or an empty form for null. What was typed before in this tab comes back. */
  open(product) {
    this.product = product;
    openFiles(product);
    this.drafts = draft("product", this.who, product?.sku ?? "");
    const kept = this.drafts.load();
    this.base = kept ? kept.base : product;
    byId("new-sku").hidden = Boolean(product);
    byId("save").textContent = product ? "Save changes" : "Add product";
    byId("discard").hidden = !kept;
    putValues(kept?.values ?? valuesOf(product));
  }

  #keep() {
    showRest();
    this.drafts.save({ base: this.base, values: typedValues() });
    byId("discard").hidden = false;
  }

  #discard() {
    this.drafts.clear();
    clearErrors(form);
    hideNotice();
    this.open(this.product);
    form.elements.name.focus();
  }

  async #save() {
    if (files.running.size)
      return showFaults([{ path: "", message: "A file is still being uploaded. Save again in a moment." }]);
    const currency = this.base?.currency ?? shopCurrency;
    const typed = documentOf(typedValues(), this.base, currency);
    const faults = await this.check(typed, !this.base, currency);
    if (faults.length) return showFaults(faults);
    clearErrors(form);
    hideNotice();
    this.focused = document.activeElement; // disabled fields lose the focus
    byId("product-fields").disabled = true;
    try {
      this.#saved(await this.#send(typed));
    } catch (error) {
      byId("product-fields").disabled = false;
      this.#failed(error, typed);
    }
  }

  #send(body) {
    if (!this.base) return call("POST", "/products", { body });
    const { sku, version } = this.base;
    return call("PUT", productPath(sku), { body, version });
  }

  #saved(product) {
    byId("product-fields").disabled = false;
    this.drafts.clear();
    this.onSaved(product, this.base);
    (isShown(this.focused) ? this.focused : byId("save")).focus();
  }

  #failed(error, typed) {
    if (sessionEnded(error)) return;
    if (error.current) this.#meet(error.current, typed);
    else if (error.status === 404)
      showNotice(
        "Somebody has deleted this product meanwhile. What you typed is still here: copy what you need.",
      );
    else showFaults(error.fields?.length ? error.fields : [{ path: "", message: error.message }]);
  }

  /** Meet the product as somebody else has saved it, or as our own lost answer left it. */
  #meet(theirs, typed) {
    const { merged, taken, both } = merge(this.base ?? {}, typed, theirs);
    if (isAsAsked(typed, theirs)) return this.#saved(theirs);
    if (!this.base)
      return showNotice(`There is a product with the SKU ${theirs.sku} already: ${theirs.name}.`);
    this.base = theirs;
    putValues(valuesOf({ ...merged, currency: theirs.currency }));
    this.#keep();
    return showConflict({ mine: typed, theirs, taken, both }, (field) => {
      const values = valuesOf(theirs);
      const chosen = [field, ...(FILES[field] ?? [])].map((name) => [name, values[name]]);
      putValues({ ...typedValues(), ...Object.fromEntries(chosen) });
      this.#keep();
    });
  }
}
