// The address book of an account: the list, and the dialog for an address.
import { call } from "../../../assets/lib/api.js";
import { ask } from "../../../assets/lib/dialogs.js";
import { byId, stamp } from "../../../assets/lib/dom.js";
import { clearErrors, showErrors } from "../../../assets/lib/form-errors.js";

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
    Object.assign(this, { book, shown });
  }

  get addresses() {
    return this.book.addresses;
  }

  /** Ask for a new address, or for other texts of one. Resolve to its place in the book, or undefined if it was not saved. */
  async edit(at = this.addresses.length) {
    const dialog = byId("address-dialog");
    const form = dialog.querySelector("form");
    form.reset();
    clearErrors(form);
    for (const [name, text] of Object.entries(this.addresses[at] ?? {})) form.elements[name].value = text;
    byId("address-title").textContent = this.addresses[at] ? "Change the address" : "New address";
    let place;
    form.querySelector(".cancel").onclick = () => dialog.close();
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (form.ariaBusy === "true") return;
      form.ariaBusy = "true";
      place = await this.#saveFrom(form, at);
      form.ariaBusy = null;
      if (place !== undefined) dialog.close("saved");
    };
    await ask(dialog);
    return place;
  }

  async #saveFrom(form, at) {
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
    try {
      await this.#store(this.addresses.toSpliced(at, 1, address));
      return at;
    } catch (error) {
      return showErrors(form, [{ path: "", message: error.message }]);
    }
  }

  /** Take an address out of the book. */
  remove(at) {
    return this.#store(this.addresses.toSpliced(at, 1));
  }

  async #store(addresses) {
    try {
      this.book = await call("PUT", "/account/addresses", {
        body: { addresses },
        version: this.book.version,
      });
    } catch (error) {
      if (error.status !== 412) throw error;
      this.book = error.current;
      this.shown(this.addresses);
      throw new Error(
        "The addresses were changed on another device. They are shown as they are now; save once more.",
        {
          cause: error,
        },
      );
    }
    this.shown(this.addresses);
  }
}

/** Return a row of the list with its buttons, which are named after the address. */
export function addressRow(template, address, at, book) {
  const row = stamp(template, { name: address.name, text: addressText(address) });
  for (const button of row.querySelectorAll("button")) {
    button.append(
      Object.assign(document.createElement("span"), {
        className: "visually-hidden",
        textContent: ` ${address.name}`,
      }),
    );
    button.onclick = () => (button.classList.contains("remove") ? book.remove(at) : book.edit(at));
  }
  return row;
}
