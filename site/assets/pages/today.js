// The day at a glance: orders and revenue by the hour, open orders by age, what needs attention, the latest orders.
import { announce, byId, fill, show, showFailure } from "../lib/dom.js";
import { sessionEnded, start } from "../shell/shell.js";
import { ages } from "../today/activity.js";
import { concerns } from "../today/concerns.js";
import { showDay } from "../today/day-figures.js";
import { showAges } from "../today/open-orders.js";
import { readDay } from "../today/read.js";
import { showConcerns, showLatest, showSenders } from "../today/rows.js";
import { bySender } from "../today/senders.js";
import { clock, written } from "../today/wording.js";

const REFRESH_MS = 60_000;

const page = byId("today");
const date = written({ weekday: "long", day: "numeric", month: "long" });
let seen; // the time at which the data on screen was read

async function load() {
  const now = new Date();
  try {
    await display(await readDay(now), now);
    seen = now;
  } catch (error) {
    if (sessionEnded(error)) return;
    if (!seen) return showFailure(page, error, retry);
    fill(page, { "as-of": `as of ${clock(seen)}; it cannot be brought up to date just now` });
  } finally {
    page.setAttribute("aria-busy", "false");
  }
}

function retry() {
  show(page, "shown");
  return load();
}

/** Show the day, from the top of the page to its end. */
async function display(found, now) {
  const { slots, counts, currency, latest } = found;
  fill(page, { date: date(now), "as-of": `as of ${clock(now)}` });
  await showDay(found, now);
  showAges(ages(slots, counts, now));
  for (const status of ["placed", "packed"])
    byId(`all-${status}`).textContent = counts[status].toLocaleString();
  showConcerns(concerns(found, now));
  showLatest(latest, currency);
  showSenders(bySender(found, now), currency);
}

const stale = () => !document.hidden && seen && Date.now() - seen >= REFRESH_MS && load();

start(async () => {
  const loaded = load();
  setTimeout(() => fill(page, { date: date(new Date()) })); // in a task of its own, because a first format takes long
  await loaded;
  if (seen) announce(byId("attention-link").textContent);
  setInterval(stale, REFRESH_MS);
  document.addEventListener("visibilitychange", stale);
});
