// The account: name, password, addresses, signing out, and the end of it.
import { onSend, revealPasswords } from "../../../assets/account/accounts.js";
import { callAsPerson, changePassword } from "../../../assets/account/as-person.js";
import { call } from "../../../assets/lib/api.js";
import { announce, byId, fill, show } from "../../../assets/lib/dom.js";
import { person, signOut, token } from "../../../assets/lib/session.js";
import { line } from "../../../assets/lib/text.js";
import { AddressBook, addressRow } from "../account/address-book.js";
import { enter, leftFor } from "../account/door.js";
import { replaceRows } from "../account/rows.js";
import { forgetCart } from "../cart/kept.js";

const page = byId("account-page");
const nameForm = byId("name-form");
const passwordForm = byId("password-form");
const deleteForm = byId("delete-form");
let book;

async function load() {
  const account = await call("GET", "/account");
  book = new AddressBook(account.addresses, showAddresses);
  fill(page, { email: account.email });
  nameForm.elements.name.value = account.name;
  passwordForm.elements.email.value = account.email;
  showAddresses(book.addresses);
  show(page, "ready");
}

function showAddresses(addresses) {
  const acts = { change: (at) => book.edit(at), remove: removeAddress };
  const rows = addresses.map((address, at) => addressRow("address-row", address, at, book, acts));
  replaceRows(byId("addresses"), rows, byId("addresses-title"));
  byId("no-address").hidden = addresses.length > 0;
}

async function removeAddress(at) {
  const { name } = book.addresses[at];
  fill(page, { addressTrouble: "" });
  try {
    await book.remove(at);
    announce(`${name} is removed.`);
  } catch (error) {
    if (!leftFor(error)) fill(page, { addressTrouble: error.message });
  }
}

/** Show on the page that something is done, and have it read out. */
function tell(values) {
  fill(page, values);
  announce(Object.values(values).join(" "));
}

async function changeName({ name }) {
  fill(page, { renamed: "" });
  const UserAttributes = [{ Name: "name", Value: line(name) }];
  await callAsPerson("UpdateUserAttributes", { UserAttributes });
  await token({ fresh: true });
  tell({ renamed: "Your name is changed. Orders have it from now on." });
}

async function change({ present, password }) {
  fill(page, { changed: "" });
  await changePassword(present, password);
  passwordForm.reset();
  passwordForm.elements.email.value = person().email;
  tell({ changed: "Your password is changed." });
}

function leave() {
  forgetCart();
  localStorage.removeItem("shop:sent");
  return signOut();
}

async function leaveEverywhere() {
  fill(page, { trouble: "" });
  try {
    await callAsPerson("GlobalSignOut");
    await leave();
  } catch (error) {
    if (!leftFor(error)) fill(page, { trouble: error.message });
  }
}

async function deleteAccount({ typed }) {
  if (typed.trim().toLowerCase() !== person().email.toLowerCase())
    throw Object.assign(new Error("is not the one of this account."), { field: "typed" });
  await call("DELETE", "/account");
  await leave();
}

/** Wire a form. The end of the session leads to the sign-in. */
const wire = (form, send) =>
  onSend(form, async (values) => {
    try {
      await send(values);
    } catch (error) {
      if (!leftFor(error)) throw error;
    }
  });

wire(nameForm, changeName);
wire(passwordForm, change);
wire(deleteForm, deleteAccount);
revealPasswords();
byId("new-address").onclick = () => book.edit();
byId("sign-out").onclick = leave;
byId("sign-out-everywhere").onclick = leaveEverywhere;
enter(page, load);
