// The faults of a typed product before it is sent, in the words of the form.
import { amountFault } from "../lib/amount-faults.js";
import { validate } from "../lib/json-schema.js";

/** Resolve to the faults of a document: [{path, message}]. */
export async function faultsOf(document, isNew, currency) {
  const found = await validate(isNew ? "NewProduct" : "Product", document);
  return found.map((fault) => (fault.path === "unitPrice" ? amountFault(fault, currency) : fault));
}
