// A saved list on its page.
import { stamp } from "../../../assets/lib/dom.js";
import { count } from "../../../assets/lib/format.js";

/** Return the row of a list. `acts` has what its buttons do, by name. */
export function listRow({ name, lines }, acts) {
  const row = stamp("saved-list", { name, count: count(lines.length, "product") });
  row.querySelector("ul").replaceChildren(...lines.map(lineRow));
  for (const button of row.querySelectorAll("button")) {
    button.onclick = acts[button.dataset.act];
    const about = { className: "visually-hidden", textContent: ` ${name}` };
    button.append(Object.assign(document.createElement("span"), about));
  }
  return row;
}

const lineRow = ({ quantity, name, sku }) =>
  stamp("saved-line", { quantity: `${quantity.toLocaleString("en-GB")} ×`, name, sku });
