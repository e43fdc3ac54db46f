// @ts-check
// A file for the person to keep.

const READING_MS = 60_000; // the browser may still be reading the file

/**
 * Save a file under a name, as a link to it would.
 * @param {Blob} file
 * @param {string} name
 */
export function download(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), READING_MS);
}
