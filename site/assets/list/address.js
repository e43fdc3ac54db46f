// The address of the list, which contains everything that the list shows: status, search, customer, time, sort, page.
const NAMES = ["status", "q", "customer", "period", "from", "to", "sort", "cursor"];
/** Parameters that select a part of the orders. The API cannot sort such a part by total, and its size is unknown. */
export const PARTLY = ["q", "customer", "period", "from", "to"];
const DAYS_BACK = { today: [0, 0], yesterday: [1, 1], week: [6, 0], month: [29, 0] };
const BY_TOTAL = ["largest", "smallest"];

/** Return the query parameters of the address, which select the orders on screen. */
export const query = () => new URLSearchParams(location.search);

/** Return the address of this list with changes. The parameters have a fixed order, so that addresses can be compared. */
export function addressWith(changes, params = query()) {
  const found = new URLSearchParams();
  const values = { ...Object.fromEntries(params), ...changes };
  const unsortable = BY_TOTAL.includes(values.sort) && PARTLY.some((name) => values[name]);
  if (unsortable || values.sort === "newest") values.sort = null;
  for (const name of NAMES) if (values[name]) found.set(name, values[name]);
  return found.size ? `/orders.html?${found}` : "/orders.html";
}

/** Return the API's query for an address of the list. A day begins and ends in the person's time zone. */
export function apiQuery(path) {
  const params = new URLSearchParams(path.split("?")[1]);
  const [first, last] = DAYS_BACK[params.get("period")] ?? [];
  params.delete("period");
  if (first !== undefined) params.set("from", daysAgo(first));
  if (first !== undefined) params.set("to", daysAgo(last));
  for (const [name, clock] of Object.entries({ from: "00:00:00", to: "23:59:59.999" })) {
    const moment = new Date(`${params.get(name)}T${clock}`);
    if (!Number.isNaN(moment.getTime())) params.set(name, moment.toISOString());
  }
  return params;
}

function daysAgo(days) {
  const now = new Date();
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  return new Intl.DateTimeFormat("sv").format(day); // Swedish dates are written 2026-01-31
}
