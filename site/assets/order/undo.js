// One step back in the form of an order: a remark on what was removed, and a button that brings it back.
import { announce, byId, fill } from "../lib/dom.js";

const remark = byId("undo");

/** Show what was removed, and a button that calls `undo`. The next removal takes its place. */
export function offerUndo(removed, undo) {
  fill(remark, { removed });
  remark.hidden = false;
  remark.querySelector("button").onclick = () => {
    remark.hidden = true;
    undo();
  };
  announce(removed);
}

/** Take the offer away, because what was removed is not wanted any more. */
export const forgetUndo = () => (remark.hidden = true);
