// The links of the page Sales to other periods, and its field of dates.
import { dateOf } from "../lib/days.js";
import { byId } from "../lib/dom.js";
import { addressOf, KINDS, next, periodWith, previous, sameDayIn } from "./periods.js";

const PRESENT = { day: "Today", week: "This week", month: "This month" };

/** Show the links to other periods, and the shown day in the field of dates. */
export function showControls(period, now) {
  for (const kind of KINDS) {
    const tab = byId(`kind-${kind}`);
    tab.href = addressOf(sameDayIn(kind, period, now));
    tab.ariaCurrent = kind === period.kind ? "true" : null;
  }
  const present = periodWith(period.kind, dateOf(now));
  const targets = { previous: previous(period), next: next(period), present };
  const names = {
    previous: `Previous ${period.kind}`,
    next: `Next ${period.kind}`,
    present: PRESENT[period.kind],
  };
  for (const [id, target] of Object.entries(targets)) {
    byId(id).href = addressOf(target);
    byId(id).textContent = names[id];
  }
  if (period.first >= present.first) disableNext();
  else byId("next").ariaDisabled = null;
  const field = byId("date");
  if (!field.value || periodWith(period.kind, field.value).first !== period.first) field.value = period.first;
}

/** Show the link to the next period as one that leads nowhere, because that period is still to come. */
function disableNext() {
  if (byId("next") === document.activeElement) byId("previous").focus();
  byId("next").removeAttribute("href");
  byId("next").ariaDisabled = "true";
}
