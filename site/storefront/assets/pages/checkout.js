// The page of the checkout: where to, by what number, what it costs, and one press.
import { byId, fill, show } from "../../../assets/lib/dom.js";
import { AddressBook, addressKey, addressRow } from "../account/address-book.js";
import { enter, leftFor } from "../account/door.js";
import { replaceRows } from "../account/rows.js";
import { factsOf } from "../cart/facts.js";
import { linesNotice, showLeft } from "../cart/notices.js";
import { showSums } from "../cart/summary.js";
import { asSeen, checked, sumsOf } from "../cart/sums.js";
import { sync } from "../cart/sync.js";
import { sendFrom, whyNotSent } from "../checkout/calls.js";
import { noteForm, rememberForm } from "../checkout/draft.js";
import { orderOf, unsendable } from "../checkout/order.js";
import { goOn, place } from "../checkout/placing.js";
import { summaryRow } from "../checkout/summary-row.js";

const [page, form] = [byId("checkout"), byId("checkout-form")];
const money = JSON.parse(page.dataset.money);
const rates = JSON.parse(page.dataset.rates);
let book;
let cart;
let lines = [];
const NO_ADDRESS = "Choose or add an address to deliver to, or choose to collect the order.";

async function load() {
  const account = await sync();
  cart = account.cart;
  book = new AddressBook(account.addresses, showAddresses);
  fill(page, { name: account.name, email: account.email });
  if (cart.order) return send(goOn, cart);
  return showAll();
}

async function showAll() {
  const facts = await factsOf(cart.lines.map(({ sku }) => sku));
  lines = cart.lines.map((line) => checked(line, facts.get(line.sku) ?? null, money.currency));
  const sums = sumsOf(lines, rates);
  showAddresses(book.addresses);
  rememberForm(form);
  showWay();
  showSums(page, sums, money);
  const ticked = lines.filter(({ line }) => line.ticked);
  byId("summary").replaceChildren(...ticked.map((one) => summaryRow(one, money)));
  show(page, ticked.length ? "ready" : "empty");
  showLeft(page);
  const blocked = ticked.filter(({ fault }) => fault);
  const why = "Change or untick in the cart what cannot be ordered:";
  fill(page, { fault: blocked.length ? linesNotice(blocked, why, "/cart") : "" });
  byId("place-order").disabled = !sums.canBuy && !cart.order;
}

const chosenKey = () => new FormData(form).get("address");
const chosenAddress = () => book.addresses.find((one) => addressKey(one) === chosenKey());

/** Show the addresses. The same one stays chosen, and is the first one at the beginning. */
function showAddresses(addresses, chosen = chosenKey() ?? addressKey(addresses[0] ?? {})) {
  const rows = addresses.map((address, at) => {
    const row = addressRow("address-choice", address, at, book, { change: editAddress });
    const input = row.querySelector("input");
    input.value = row.dataset.key;
    input.checked = input.value === chosen;
    return row;
  });
  replaceRows(byId("addresses"), rows, byId("new-address"));
}

async function editAddress(at) {
  const saved = await book.edit(at);
  if (saved === undefined) return;
  showAddresses(book.addresses, addressKey(book.addresses[saved]));
  showWay();
  noteForm(form);
}

const isDelivered = () => form.elements.way.value === "delivery";
/** Show the addresses if one is needed, and take the complaint back that none was chosen. */
function showWay() {
  byId("where").hidden = !isDelivered();
  const said = page.querySelector("form [data-slot=fault]").textContent;
  if (said === NO_ADDRESS && (chosenAddress() || !isDelivered())) fill(page, { fault: "" });
}

async function press(event) {
  event.preventDefault();
  if (page.dataset.state === "sending") return;
  const address = isDelivered() ? chosenAddress() : undefined;
  if (isDelivered() && !address && !cart.order) {
    fill(page, { fault: NO_ADDRESS });
    return byId("new-address").focus();
  }
  const typed = Object.fromEntries(new FormData(form));
  const { net } = sumsOf(lines, rates);
  const order = orderOf(crypto.randomUUID(), lines, net, typed, address);
  book.putFirst(address);
  const bad = unsendable(order);
  if (!bad) return send(place, cart, lines.map(asSeen), order);
  fill(page, { fault: bad.message });
  form.elements[bad.name]?.focus();
}

/** Send an order, and stay on the page only if that was refused or the cart is another by now. */
async function send(way, ...given) {
  try {
    const outcome = await sendFrom(page, way, ...given);
    ({ cart } = outcome);
    const fault = whyNotSent(outcome);
    if (!fault) return location.assign("/cart"); // the customer took a late order out
    await showAll();
    fill(page, { fault });
  } catch (error) {
    if (leftFor(error)) return;
    await showAll().catch(() => show(page, "ready"));
    fill(page, { fault: error.message });
  }
}

form.onsubmit = press;
form.addEventListener("change", showWay);
byId("new-address").onclick = () => editAddress();
enter(page, load);
