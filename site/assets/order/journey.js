// The way of an order through its statuses, below the title.
import { byId } from "../lib/dom.js";
import { journey } from "./status.js";

/** Show how far an order has come. A cancelled or rejected order has no way. */
export function showJourney(status) {
  const reached = journey.indexOf(status);
  byId("journey").hidden = reached < 0;
  for (const step of byId("journey").children) {
    const position = journey.indexOf(step.dataset.step);
    step.dataset.reached = String(position <= reached);
    if (position === reached) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
}
