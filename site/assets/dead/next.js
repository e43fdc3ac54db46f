// The open dead letter after another one, in the order of the list and by the filter that the person left it with.
import { call } from "../lib/api.js";

const PAGE_SIZE = 40; // letters

/**
 * Resolve to the next open letter after this one, to the first of the list if it was the last, or to null if no other is open.
 * `address` is that of the list as the person left it, or undefined.
 */
export async function nextLetter(address = "", letter) {
  const asked = new URLSearchParams(address.split("?")[1]);
  const filter = { state: "open", ...(asked.get("source") && { source: asked.get("source") }) };
  // A cursor belongs to the list of one state. It begins with the page on which the letter was.
  const start = asked.get("state") ? "" : (asked.get("cursor") ?? "");
  const pages = [];
  let cursor = start;
  do {
    const page = await read({ ...filter, limit: PAGE_SIZE, ...(cursor && { cursor }) });
    const after = page.deadLetters.find((one) => isAfter(one, letter));
    if (after) return after;
    pages.push(page);
    cursor = page.nextCursor;
  } while (cursor);
  const [first] = start ? [await read({ ...filter, limit: 2 })] : pages;
  return first.deadLetters.find(({ id }) => id !== letter.id) ?? null;
}

const read = (query) => call("GET", `/dead-letters?${new URLSearchParams(query)}`);

/** Whether a letter stands after another one in a list, which has the latest first. */
function isAfter(one, other) {
  if (one.receivedAt !== other.receivedAt) return one.receivedAt < other.receivedAt;
  return one.id < other.id;
}
