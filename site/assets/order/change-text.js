// What an edit of an order changed, in the words of its history.
import { isolated } from "../lib/format.js";

/** Return what an edit changed: "Phone: 020 1 → 020 2". The last of many changes is only "and 3 more". */
export function changeText({ field, from, to }) {
  const [label, was, now] = [field, from ?? "", to ?? ""].map(isolated);
  if (was && now) return `${label}: ${was} → ${now}`;
  if (now) return `${label}: added, ${now}`;
  return was ? `${label}: removed, was ${was}` : label;
}
