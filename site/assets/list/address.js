// The address of the list says all that it shows: status, search, customer, time, sort, page.
const NAMES = ["status", "q", "customer", "period", "from", "to", "sort", "cursor"];
/** With one of these the API cannot sort by total, and nobody knows how many orders there are. */
export const PARTLY = ["q", "customer", "period", "from", "to"];
const DAYS_BACK = { today: [0, 0], yesterday: [1, 1], week: [6, 0], month: [29, 0] };
const BY_TOTAL = ["largest", "smallest"];

/** The query of the address: what the list on screen shows. */
export const query = () => new URLSearchParams(location.search);

/** The address of this list with changes; names always come in the same order, so that addresses can be compared. */
export function addressWith(changes, asked = query()) {
  const found = new URLSearchParams();
  const values = { ...Object.fromEntries(asked), ...changes };
  const unsortable = BY_TOTAL.includes(values.sort) && PARTLY.some((name) => values[name]);
  if (unsortable || values.sort === "newest") values.sort = null;
  for (const name of NAMES) if (values[name]) found.set(name, values[name]);
  return found.size ? `/orders.html?${found}` : "/orders.html";
}

/** The API's query for an address of the list. A day is the person's own day, whatever the server's time zone is. */
export function question(path) {
  const asked = new URLSearchParams(path.split("?")[1]);
  const [first, last] = DAYS_BACK[asked.get("period")] ?? [];
  asked.delete("period");
  if (first !== undefined) asked.set("from", daysAgo(first));
  if (first !== undefined) asked.set("to", daysAgo(last));
  for (const [name, clock] of Object.entries({ from: "00:00:00", to: "23:59:59.999" })) {
    const moment = new Date(`${asked.get(name)}T${clock}`);
    if (!Number.isNaN(moment.getTime())) asked.set(name, moment.toISOString());
  }
  return asked;
}

function daysAgo(days) {
  const now = new Date();
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  return new Intl.DateTimeFormat("sv").format(day); // Swedish dates are written 2026-01-31
}
