// On every page: the number of lines in the cart, and the buttons that put a product into it.
import { keep, onCart, readKept } from "./cart/kept.js";
import { lineOf } from "./cart/lines.js";
import { room, withUnits } from "./cart/room.js";

const header = document.getElementById("cart");
const announcement = document.getElementById("announcement");

function showCount() {
  const { length } = readKept().lines;
  header.querySelector("b").textContent = length ? String(length) : "";
  header.setAttribute("aria-label", length ? `Cart, ${length} product${length === 1 ? "" : "s"}` : "Cart");
}

/** Put units of a product into the cart. Return what to say about it. */
function add({ sku, name, price }, units) {
  const wanted = { sku, quantity: units, name, unitPrice: Number(price) };
  const { kept, left } = withUnits(readKept(), [wanted], room());
  if (left.length) return left[0].fault;
  keep(kept);
  followAccount();
  return `In cart: ${lineOf(kept.lines, sku).quantity.toLocaleString("en-GB")}`;
}

/** Store the cart for the customer's other devices too. It stays here if that fails. */
function followAccount() {
  if (sessionStorage.getItem("order-desk:session"))
    import("./account/door.js").then(({ syncSoon }) => syncSoon()).catch(() => {});
}

/** Return the units that somebody typed, or what is wrong with them. */
function typedUnits(field, least) {
  const units = /^\d{1,9}$/.test(field.value.trim()) ? Number(field.value) : 0;
  if (units < 1) return { fault: "Type a whole number." };
  return units < least ? { fault: `At least ${least}.` } : { units };
}

function press(button) {
  const { dataset } = button;
  const field = button.closest("form")?.elements.quantity;
  const { units, fault } = field
    ? typedUnits(field, Number(dataset.least))
    : { units: lineOf(readKept().lines, dataset.sku) ? 1 : Number(dataset.least) };
  const text = fault ?? add(dataset, units);
  const said = button.parentElement.querySelector(".said");
  if (said) said.textContent = text;
  else button.firstChild.textContent = text;
  announcement.textContent = `${dataset.name}: ${text}`;
  field?.setAttribute("aria-invalid", String(Boolean(fault)));
}

addEventListener("click", ({ target }) => {
  const button = target.closest("[data-sku].add");
  if (button) press(button);
});
addEventListener("submit", (event) => {
  if (!event.target.matches(".buy")) return;
  event.preventDefault();
  press(event.target.querySelector(".add"));
});
onCart(showCount);
showCount();
