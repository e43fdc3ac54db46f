// Products: their drafts in this tab, the addresses of their pages, and their content as the API takes it.
import { draft } from "../lib/draft.js";

/** Return functions that load, save and clear the list of products as the person left it: {address, trail, back}. */
export const lastProducts = (who) => draft("products", who);

/** Return functions that load, save and clear the jobs of a change of many products whose session had ended before their turn. */
export const leftChanges = (who) => draft("changes", who);

/**
 * Return functions that load, save and clear an import that has begun and has not finished: {name, text, places}. The `text` of a
 * very large file is left out.
 */
export const leftImport = (who) => draft("import", who);

/** Return the address of the page of a product. */
export const productPage = (sku) => `/product.html?${new URLSearchParams({ sku })}`;

/** Return the address of the recall list of a product. Without a date, the list begins twelve months ago. */
export const recallPage = (sku) => `/recall.html?${new URLSearchParams({ sku })}`;

/** Return the path of a product in the API. */
export const productPath = (sku) => `/products/${encodeURIComponent(sku)}`;

const NOT_CONTENT = new Set(["sku", "version", "createdAt", "updatedAt", "updatedBy"]);

/** Return what staff decide about a product, which is what the API takes when it is saved. */
export const contentOf = (product) =>
  Object.fromEntries(Object.entries(product).filter(([name]) => !NOT_CONTENT.has(name)));

/** Return whether a stored product is as a document for the API asks. A field that the document lacks must be missing there too. */
export const isAsAsked = (document, stored) =>
  Object.keys({ ...contentOf(stored), ...document }).every(
    (name) => document[name] === stored[name] || (name === "currency" && !(name in document)),
  );
