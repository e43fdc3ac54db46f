// The content of a parked order: what the server keeps of an order that is being written.
const LINE = ["sku", "quantity", "name", "unit", "unitPrice", "currency"];

/** Return the content of the draft of an order on the page. */
export function contentOf({ values, replaces }) {
  const { customer, filled, reference, notes, items, charges = [], left } = values;
  const content = { customer, filled, reference, notes, items: items.map(lineOf), left };
  return { ...content, ...(charges.length && { charges }), ...(replaces && { replaces }) };
}

const lineOf = (item) =>
  Object.fromEntries(LINE.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]));

/** Return the order on the page that a stored draft becomes. */
export function orderOf({ orderID, name, version, content }) {
  const { replaces, ...values } = content;
  const parked = { orderID, name, savedName: name, version };
  return { stage: "writing", values, safe: content, parked, ...(replaces && { replaces }) };
}

/** Whether a person typed the same. Name, unit and price of a line are those of the catalog, so they do not count. */
export const isSameContent = (one, other) => one === other || typed(one) === typed(other);

function typed(content) {
  if (!content) return "";
  const { customer, reference = "", notes = "", items, charges = [], left = "", replaces = "" } = content;
  const details = Object.keys(customer).filter((name) => customer[name] !== "");
  const lines = items.map(({ sku, quantity }) => [sku, String(quantity)]);
  return JSON.stringify([
    details.toSorted().map((name) => [name, customer[name]]),
    reference,
    notes,
    lines,
    charges.map(({ kind, text, amount }) => [kind, text, amount]),
    left,
    replaces,
  ]);
}

/** Return the name that a parked order gets if its person gives none, with so many letters at most. */
export function defaultName({ customer }, timeOfDay, letters) {
  const name = customer.name?.trim() || customer.company?.trim() || `Unnamed, ${timeOfDay}`;
  return [...name].slice(0, letters).join("").trim();
}
