// The bar for the selected dead letters: how many they are, and the sending or discarding of all of them.
import { byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { count } from "../lib/format.js";
import { loadModule } from "../shell/connection.js";
import { chosen, showSelection } from "./rows.js";

/** Wire the bar, and show the results of before. `reload()` shows the list anew. */
export async function wireSelection(who, reload) {
  let settling;
  const load = async () => {
    if (settling) return settling;
    settling = await loadModule(() => import("./settle-many.js"));
    settling.showKept(who, reload);
    return settling;
  };
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
    byId(id).onclick = async () => (await load()).settleMany(kind, [...chosen.values()]);
  if (draft("settled", who).load()) await load();
}

/** Show the bar. `ticked` is how many of the selected letters are on screen. */
function showBar(ticked) {
  const elsewhere = chosen.size - ticked;
  byId("bulk-bar").hidden = !chosen.size;
  byId("selected-count").textContent =
    `${count(chosen.size, "letter")} selected${elsewhere ? `, ${ticked} of them on this page` : ""}`;
}
