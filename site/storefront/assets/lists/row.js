// A saved list on its page.
import { stamp } from "../../../assets/lib/dom.js";
import { count } from "../../../assets/lib/format.js";
import { nameButtons } from "../account/rows.js";

/** Return the row of a list. `acts` has what its buttons do, by name. */
export function listRow({ name, lines }, acts) {
  const row = stamp("saved-list", { name, count: count(lines.length, "product") });
  row.querySelector("ul").replaceChildren(...lines.map(lineRow));
  row.dataset.key = name;
  nameButtons(row, name);
  for (const button of row.querySelectorAll("button")) button.onclick = acts[button.dataset.act];
  return row;
}

const lineRow = ({ quantity, name, sku }) =>
  stamp("saved-line", { quantity: `${quantity.toLocaleString("en-GB")} ×`, name, sku });
