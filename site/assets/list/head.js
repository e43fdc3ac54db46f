// The parts above the list: the title with the label, the tabs of the statuses with their counts, the sort links in the table's
// head, and, on paper, the time of the list.
import { call } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { isolated, whole, writeTime } from "../lib/format.js";
import { showSorted } from "../lib/links.js";
import { PARTLY, addressWith, query } from "./address.js";

const tabs = document.querySelectorAll("a[data-status]");
const sorts = document.querySelectorAll("th[data-sort]");
let readAt; // the time at which the rows on screen were the stored orders
let counts; // of the whole shop by status, once they are known

/** Show the label in the title, set the addresses of the tabs and the sort links, and mark those of the list on screen. */
export function showHead() {
  const params = query();
  const label = params.get("label");
  byId("list-title").textContent = label ? `Orders labelled ${isolated(label)}` : "Orders";
  for (const tab of tabs) {
    tab.href = addressWith({ status: tab.dataset.status, cursor: null });
    tab.ariaCurrent = tab.dataset.status === (params.get("status") ?? "") ? "true" : null;
  }
  for (const header of sorts) showSort(header, params);
  showCounts();
  requestAnimationFrame(scrollToCurrent); // the page is laid out for this frame anyway
}

/** Scroll the tabs, of which a phone shows three, to the one of the list on screen. */
function scrollToCurrent() {
  const current = [...tabs].find((tab) => tab.ariaCurrent);
  const strip = current?.closest(".tabs");
  if (strip) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - current.offsetWidth;
}

function showSort(header, params) {
  const next = showSorted(header, params.get("sort") ?? "newest");
  const possible = !header.dataset.sort.startsWith("largest") || !PARTLY.some((name) => params.has(name));
  header.title = possible ? "" : "A search, a label, a customer or a time can only be sorted by time";
  if (possible) header.firstElementChild.href = addressWith({ sort: next, cursor: null });
  else header.firstElementChild.removeAttribute("href");
}

/** Show how many orders each status has. The counts are for the whole shop, so a search or a filter hides them. */
export function showCounts(report = counts) {
  counts = report;
  const partly = PARTLY.some((name) => query().has(name));
  for (const tab of tabs) {
    tab.lastElementChild.textContent = knownTotal(tab.dataset.status)?.toLocaleString() ?? "";
    tab.lastElementChild.hidden = partly;
  }
}

/** Count an order that was moved. The report of the counts follows a moment later. */
export function countMove(from, to) {
  if (counts) showCounts({ ...counts, [from]: counts[from] - 1, [to]: counts[to] + 1 });
}

/** Return how many orders a status has ("" for all statuses), or undefined while the counts are not known. */
export function knownTotal(status) {
  return status ? counts?.[status] : counts && Object.values(counts).reduce((sum, number) => sum + number, 0);
}

/** Show the counts of a report of the workload, and how many sent orders are not in the list, because they are dead letters. */
export function showWorkload({ counts: byStatus, deadLetters }) {
  showCounts(byStatus);
  const number = deadLetters.orders ?? 0;
  byId("not-processed").querySelector("a").textContent = `${whole(number)} not processed`;
  byId("not-processed").hidden = !number;
}

/** Read and show the counts. A failure shows no error here, because the list shows one. */
export async function countOrders() {
  const report = await call("GET", "/reports/workload").catch(() => null);
  if (report) showWorkload(report);
}

/** Note that the rows on screen are the stored orders now. */
export const noteRead = () => (readAt = new Date());

addEventListener("beforeprint", () => readAt && writeTime(byId("as-of"), readAt.toISOString()));
