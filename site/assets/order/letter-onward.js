// The ways on from a dead letter that was mended and is settled: the next open one, and the list.
import { showNext, wireOnward } from "../dead/onward.js";
import { byId } from "../lib/dom.js";
import { person } from "../lib/session.js";

/** Show the links in the panel of the sent order. */
export async function leadOn(letter) {
  byId("onward").hidden = false;
  wireOnward(person(), () => letter.id);
  await showNext(person(), letter);
}
