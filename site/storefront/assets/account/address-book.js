// The address book of an account: the list, and the dialog for an address.
import { ask } from "../../../assets/lib/dialogs.js";
import { byId, stamp } from "../../../assets/lib/dom.js";
import { clearErrors, showErrors } from "../../../assets/lib/form-errors.js";
import { isFocusLost, nameButtons } from "./rows.js";
import { Stored } from "./stored.js";

// A page has one summary of errors. It belongs to the form that somebody is sending.
addEventListener(
  "submit",
  ({ target }) => "errors" in target.dataset && target.prepend(byId("error-summary")),
  true,
);

/** Return the lines of an address as a text. */
export const addressText = ({ company, address, phone }) =>
  [company, address, phone].filter(Boolean).join("\n");

/** Return a text by which an address is known again after others were added or removed, here or elsewhere. */
export const addressKey = ({ name, company = "", address, phone = "" }) =>
  JSON.stringify([name, company, address, phone]);

/** The addresses of the account as this page knows them. `shown` is called with them after each change. */
export class AddressBook {
  constructor(book, shown) {
    this.book = new Stored("addresses", book, () => shown(this.addresses));
  }

  get addresses() {
    return this.book.row.addresses;
  }

  /** Ask for a new address, or for other texts of one. Resolve to its place in the book, or undefined if it was not saved. */
  async edit(at = this.addresses.length) {
    const dialog = byId("address-dialog");
    const form = dialog.querySelector("form");
    form.reset();
    clearErrors(form);
    const key = this.addresses[at] && addressKey(this.addresses[at]);
    for (const [name, text] of Object.entries(this.addresses[at] ?? {})) form.elements[name].value = text;
    byId("address-title").textContent = this.addresses[at] ? "Change the address" : "New address";
    let place;
    form.querySelector(".cancel").onclick = () => dialog.close();
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (form.ariaBusy === "true") return;
      form.ariaBusy = "true";
      place = await this.#saveFrom(form, key);
      form.ariaBusy = null;
      if (place !== undefined) dialog.close("saved");
    };
    await ask(dialog);
    if (isFocusLost()) focusAddress(place ?? at); // the row that opened the dialog was made anew
    return place;
  }

  /** Save the form over the address with a key, or as a new one. Its place is another one after a change on another device. */
  async #saveFrom(form, key) {
    clearErrors(form);
    const faults = [...form.querySelectorAll("[required]")]
      .filter(({ value }) => !value.trim())
      .map(({ name }) => ({ path: name, message: "is missing." }));
    if (faults.length) return showErrors(form, faults);
    const typed = Object.entries(Object.fromEntries(new FormData(form))).map(([name, text]) => [
      name,
      text.trim(),
    ]);
    const address = Object.fromEntries(typed.filter(([, text]) => text));
    const found = this.addresses.findIndex((one) => addressKey(one) === key);
    const at = found < 0 ? this.addresses.length : found;
    try {
      await this.book.store(this.addresses.toSpliced(at, 1, address));
      return at;
    } catch (error) {
      return showErrors(form, [{ path: "", message: error.message }]);
    }
  }

  /** Put an address at the top, where the next order finds it. If that fails, the book stays as it is. */
  async putFirst(address) {
    if (!address || address === this.addresses[0]) return;
    const others = this.addresses.filter((one) => one !== address);
    await this.book.store([address, ...others]).catch(() => {});
  }

  /** Take an address out of the book. */
  remove(at) {
    return this.book.store(this.addresses.toSpliced(at, 1));
  }
}

/** Move the focus to the first button of an address, or to the one for a new address. */
const focusAddress = (at) =>
  (byId("addresses").children[at]?.querySelector("button") ?? byId("new-address")).focus();

/** Return what tells an address from the others: its name, and its text if another one has that name too. */
const aboutAddress = ({ addresses }, address) =>
  addresses.filter(({ name }) => name === address.name).length > 1
    ? `${address.name}, ${address.address}`
    : address.name;

/** Return a row of the list. `acts` has what its buttons do with the place of the address, by name. */
export function addressRow(template, address, at, book, acts) {
  const row = stamp(template, { name: address.name, text: addressText(address) });
  row.dataset.key = addressKey(address);
  nameButtons(row, aboutAddress(book, address));
  for (const button of row.querySelectorAll("button")) button.onclick = () => acts[button.dataset.act](at);
  return row;
}
