// The bar for the selected dead letters: how many they are, and the sending or discarding of all of them.
import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { loadModule } from "../shell/connection.js";
import { chosen, showSelection } from "./rows.js";

/** Wire the bar. `reload()` shows the list anew. */
export function wireSelection(reload) {
  byId("letter-rows").addEventListener("selection", ({ detail }) => showBar(detail.ticked));
  byId("clear-selection").onclick = () => {
    chosen.clear();
    showSelection();
    byId("all-on-page").focus();
  };
  for (const [id, kind] of [
    ["send-selected", "send"],
    ["discard-selected", "discard"],
  ])
    byId(id).onclick = async () => {
      const { settleMany } = await loadModule(() => import("./settle-many.js"));
      settleMany(kind, [...chosen.values()], reload);
    };
}

/** Show the bar. `ticked` is how many of the selected letters are on screen. */
function showBar(ticked) {
  const elsewhere = chosen.size - ticked;
  byId("bulk-bar").hidden = !chosen.size;
  byId("selected-count").textContent =
    `${count(chosen.size, "letter")} selected${elsewhere ? `, ${ticked} of them on this page` : ""}`;
}
