// The faults of a typed product before it is sent, in the words of the form.
import { amountFault } from "../lib/amount-faults.js";
import { FILES } from "./file-names.js";
import { isolated } from "../lib/format.js";
import { validate } from "../lib/json-schema.js";

const LONGEST = 48; // characters of a line in a message

/** Resolve to the faults of a document: [{path, message}]. */
export async function faultsOf(document, isNew, currency) {
  const found = await validate(isNew ? "NewProduct" : "Product", document);
  return [...found, ...undescribed(document)].map((fault) => inWords(fault, document, currency));
}

/** Return a fault for each field that is missing beside a file. The functions have the same rule. */
const undescribed = (document) =>
  Object.entries(FILES)
    .filter(([file]) => document[file])
    .flatMap(([, others]) => others.filter((name) => !document[name]))
    .map((path) => ({ path, message: "is required" }));

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
