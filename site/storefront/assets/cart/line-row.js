// A line of the cart on its page.
import { fill, stamp } from "../../../assets/lib/dom.js";
import { amountText } from "../money.js";
import { idOfLine } from "./notices.js";

/**
 * Return the row of a checked line. `change` is called with other values of the line, `remove` without any, and `typed` with
 * whether the quantity in the field can be taken.
 * @param {import("./sums.js").Checked} one
 */
export function lineRow(one, money, { change, remove, typed, most }) {
  const { line, facts, price } = one;
  const row = stamp("cart-line", { name: facts?.name ?? line.name, unit: facts?.unit ?? "" });
  row.dataset.sku = line.sku;
  row.id = idOfLine(line.sku);
  const link = row.querySelector("a");
  if (facts) link.href = facts.address;
  else link.removeAttribute("href");
  showPicture(row, facts);
  fill(row, {
    each: facts ? `${amountText(price, money)} each` : "",
    total: amountText(price * line.quantity, money),
    notice: notices(one, money),
  });
  wireTick(row.querySelector("[name=ticked]"), line, change);
  wireQuantity(row, one, { change, typed, most, said: notices(one, money) });
  wireRemedy(row.querySelector(".remedy"), one, change);
  const button = row.querySelector(".remove");
  button.setAttribute("aria-label", `Remove ${line.name}`);
  button.onclick = remove;
  return row;
}

function showPicture(row, facts) {
  const image = row.querySelector("img");
  if (facts?.image) image.src = facts.image;
  else image.remove();
}

function notices({ was, price, fault }, money) {
  const changed =
    was === undefined
      ? ""
      : `The price has changed: it was ${amountText(was, money)}, and is ${amountText(price, money)} now.`;
  return [changed, fault].filter(Boolean).join(" ");
}

function wireTick(box, line, change) {
  box.checked = line.ticked;
  box.setAttribute("aria-label", `Order ${line.name}`);
  box.onchange = () => change({ ticked: box.checked });
}

function wireQuantity(row, { line }, { change, typed, most, said }) {
  const field = row.querySelector("[name=quantity]");
  field.value = line.quantity;
  field.setAttribute("aria-label", `Quantity of ${line.name}`);
  field.onchange = () => {
    const quantity = /^\d{1,9}$/.test(field.value.trim()) ? Number(field.value) : 0;
    const isGood = quantity >= 1 && quantity <= most;
    field.setAttribute("aria-invalid", String(!isGood));
    fill(row, { notice: isGood ? said : `Type a whole number from 1 to ${most.toLocaleString("en-GB")}.` });
    typed(isGood);
    if (isGood) change({ quantity });
  };
}

/** The button that raises a quantity to the minimum. */
function wireRemedy(button, { least }, change) {
  button.hidden = least === undefined;
  button.textContent = `Order ${least}`;
  button.onclick = () => change({ quantity: least });
}
