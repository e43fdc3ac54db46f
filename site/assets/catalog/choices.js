// The choices above the list of products: a category, with how many products are found there, and how the list is sorted.
import { byId } from "../lib/dom.js";
import { whole } from "../lib/format.js";
import { showSorted } from "../lib/links.js";
import { address, queryValue } from "../lib/paging.js";

let known = []; // [{category, products}] of the last first page, because other pages have none

/** Return how the list is sorted, or "" if the address leaves that to the API. A sort by relevance needs a search. */
export function sortIn() {
  const sort = queryValue("sort");
  const offered = [...byId("sort").options].some(({ value }) => value === sort);
  return offered && sort !== "relevance" ? sort : "";
}

/** Offer these categories, or those of before, and show the one of the address. */
export function showCategories(categories = known) {
  known = categories;
  const current = queryValue("category");
  const isMissing = current && !known.some(({ category }) => category === current);
  const offered = isMissing ? [...known, { category: current }] : known;
  const options = offered.map(({ category, products }) => {
    const number = products === undefined ? "" : ` (${whole(products)})`;
    return new Option(category + number, category, false, category === current);
  });
  byId("category").replaceChildren(new Option("All categories", ""), ...options);
  byId("category").value = current;
  byId("categories").replaceChildren(...known.map(({ category }) => new Option(category, category)));
}

/**
 * Show the sort of the address, which is by relevance for a search and by name otherwise unless it names one. A link in the head of
 * the list leads to its sort, and then to the other direction.
 */
export function showSort() {
  const [relevance] = byId("sort").options;
  relevance.hidden = !queryValue("q");
  const sort = sortIn();
  byId("sort").value = sort || (queryValue("q") ? "relevance" : "name");
  for (const header of byId("product-head").querySelectorAll("[data-sort]")) {
    header.firstElementChild.href = address({ sort: showSorted(header, sort), cursor: null });
  }
}
