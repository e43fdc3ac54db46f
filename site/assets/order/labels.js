// The labels of an order: its tags and its assignee. A change says what to add and what to remove, so that two people who label
// the same order both succeed.
import { call } from "../lib/api.js";
import { validate } from "../lib/json-schema.js";
import { line } from "../lib/text.js";

const MAX_TRIES = 5;

/** Labels that are too long or too many. Its message says so in the words of the page. */
export class LabelError extends Error {}

/** Return the tags in a text. Commas separate them. */
export const tagsIn = (text) => text.split(",").map(line).filter(Boolean);

/** Return the change that makes other labels of an order: {add, remove, assignee}. */
export function changeTo({ tags, assignee }, { tags: before = [], assignee: assigned = "" }) {
  return {
    add: tags.filter((tag) => !before.includes(tag)),
    remove: before.filter((tag) => !tags.includes(tag)),
    assignee: assignee === assigned ? undefined : assignee,
  };
}

/** Return those labels of an order that a change makes other ones, as the API takes them, or null if there are none. */
export function labelsAfter({ tags = [], assignee = "" }, change) {
  const kept = tags.filter((tag) => !isIn(change.remove, tag));
  const all = [...kept, ...change.add.filter((tag) => !isIn(kept, tag))];
  const labels = {};
  if (all.join() !== tags.join()) labels.tags = all;
  if (change.assignee !== undefined && change.assignee !== assignee) labels.assignee = change.assignee;
  return Object.keys(labels).length ? labels : null;
}

const isIn = (tags, wanted) => tags.some((tag) => tag.toLowerCase() === wanted.toLowerCase());

/** Make a change to the stored labels of an order, whatever others have changed since. Resolve to the stored order. */
export async function saveLabels(order, change) {
  const path = `/orders/${encodeURIComponent(order.orderID)}`;
  for (let [current, tries] = [order, 1]; ; tries++) {
    const labels = labelsAfter(current, change);
    if (!labels) return current;
    await check(labels);
    try {
      return await call("PATCH", path, { body: { labels }, version: current.version });
    } catch (error) {
      if (!error.current || tries === MAX_TRIES) throw error;
      current = error.current;
    }
  }
}

/** Raise LabelError for labels that break the schema. */
async function check(labels) {
  const [fault] = await validate("Labels", labels);
  if (!fault) return;
  const which = fault.path === "tags" ? "The tags" : fault.path.startsWith("tags") ? "A tag" : "Assigned to";
  throw new LabelError(`${which} ${fault.message}.`);
}
