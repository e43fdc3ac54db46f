// The labels of an order as links to all orders with this label.
import { link } from "../lib/links.js";

/** Return a link for the assignee and each tag of an order. */
export function chipsOf({ assignee, tags = [] }) {
  const chips = tags.map(chip);
  if (!assignee) return chips;
  const assigned = chip(assignee);
  assigned.classList.add("assignee");
  assigned.ariaLabel = assigned.title = `Assigned to ${assignee}`;
  return [assigned, ...chips];
}

function chip(text) {
  const made = link(`/orders.html?${new URLSearchParams({ label: text })}`, text);
  made.className = "chip";
  return made;
}

/** Offer texts in a <datalist>. */
export const offerTexts = (datalist, texts) =>
  datalist.replaceChildren(...[...new Set(texts)].map((text) => new Option(text, text)));
