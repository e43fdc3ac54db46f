// The columns that a person has chosen for a file, which this browser remembers for files with the same column names.

const KEY = "order-desk:import-columns";
const MOST = 20; // kinds of files

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return []; // the stored text is no list; the next choice replaces it
  }
}

/** Return the places of the fields that were chosen for a file with these column names, or undefined. */
export const remembered = (header) => load().find(([names]) => names === header.join("\t"))?.[1];

/** Remember the places of the fields in files with these column names. */
export function remember(header, places) {
  const names = header.join("\t");
  const others = load().filter(([known]) => known !== names);
  localStorage.setItem(KEY, JSON.stringify([[names, places], ...others].slice(0, MOST)));
}
