// Above the list: the tabs of the statuses with their counts, and the sorts in the table's head.
import { call } from "../lib/api.js";
import { PARTLY, addressWith, query } from "./address.js";

const tabs = document.querySelectorAll("a[data-status]");
const sorts = document.querySelectorAll("th[data-sort]");
let counts; // of the whole shop by status, once they are known

/** Shows where the tabs and the sorts lead from this list. */
export function showHead() {
  const asked = query();
  for (const tab of tabs) {
    tab.href = addressWith({ status: tab.dataset.status, cursor: null });
    tab.ariaCurrent = tab.dataset.status === (asked.get("status") ?? "") ? "true" : null;
  }
  for (const header of sorts) showSort(header, asked);
  showCounts();
}

function showSort(header, asked) {
  const [down, up] = header.dataset.sort.split(" ");
  const sort = asked.get("sort") ?? "newest";
  const possible = down !== "largest" || !PARTLY.some((name) => asked.has(name));
  header.ariaSort = sort === down ? "descending" : sort === up ? "ascending" : null;
  header.title = possible ? "" : "A search, a customer or a time can only be sorted by time";
  if (possible)
    header.firstElementChild.href = addressWith({ sort: sort === down ? up : down, cursor: null });
  else header.firstElementChild.removeAttribute("href");
}

/** Shows how many orders each status has. It is known for the whole shop only, so a search hides the numbers. */
export function showCounts(report = counts) {
  counts = report;
  const partly = PARTLY.some((name) => query().has(name));
  for (const tab of tabs) {
    tab.lastElementChild.textContent = knownTotal(tab.dataset.status)?.toLocaleString() ?? "";
    tab.lastElementChild.hidden = partly;
  }
}

/** How many orders a status has ("" for all of them), or undefined while that is not known. */
export function knownTotal(status) {
  return status ? counts?.[status] : counts && Object.values(counts).reduce((sum, number) => sum + number, 0);
}

/** Reads and shows the counts. A failure shows nothing, because the list itself shows it. */
export async function countOrders() {
  const report = await call("GET", "/reports/workload").catch(() => null);
  if (report) showCounts(report.counts);
}
