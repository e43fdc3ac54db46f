// The remark that lines were typed which are not on the order, because no single product was found for the first of them.
import { announce, byId } from "../lib/dom.js";
import { isolated } from "../lib/format.js";

/** Show lines that were typed and not taken, below those of before. They stay until a person closes the remark. */
export function showNotAdded([first, ...others]) {
  const text = document.createElement("p");
  text.className = "as-written";
  text.textContent = `Not added: ${isolated(first)}.`;
  if (others.length) text.textContent += ` Typed after it: ${others.map(isolated).join(", ")}.`;
  byId("not-added-lines").append(text);
  byId("not-added").hidden = false;
  announce(text.textContent);
}

/** Close the remark. */
export function forgetNotAdded() {
  byId("not-added").hidden = true;
  byId("not-added-lines").replaceChildren();
}
