// The faults of a typed product before it is sent, in the words of the form.
import { amountFault } from "../lib/amount-faults.js";
import { isolated } from "../lib/format.js";
import { validate } from "../lib/json-schema.js";

const LONGEST = 48; // characters of a line in a message

/** Resolve to the faults of a document: [{path, message}]. */
export async function faultsOf(document, isNew, currency) {
  const found = await validate(isNew ? "NewProduct" : "Product", document);
  return found.map((fault) => inWords(fault, document, currency));
}

function inWords(fault, document, currency) {
  if (fault.path === "unitPrice") return amountFault(fault, currency);
  return fault.path === "hazardStatements" ? statementFault(fault, document.hazardStatements) : fault;
}

/** Return a fault of the statements with the first line that has no code, if there is one. */
function statementFault(fault, statements) {
  const bare = statements.split("\n").find((text) => !/^(?:EUH|H|P)\d{3}/.test(text));
  if (bare === undefined) return fault;
  return {
    path: fault.path,
    message: `must begin each line with its code, such as H319, got “${isolated(shortened(bare))}”`,
  };
}

const shortened = (text) => (text.length > LONGEST ? `${[...text].slice(0, LONGEST).join("")}…` : text);
