// The rules of the files of a product: their sizes, the size of an image in pixels, and how a PDF begins.

/** The maximum size of each kind of file in bytes, as in lambdas/shop/product_files.py. */
export const MAX_SIZES = { image: 500_000, safetyDataSheet: 10_000_000 };
const LONG_SIDE = 1200; // pixels
const PDF = "%PDF-";
/** The number of bytes in which readers look for the beginning of a PDF. */
export const PDF_START = 1024;

/** A fault of a chosen file, in words that follow the name of its field. */
export class FileFault extends Error {
  isOfFile = true;
}

/** Return the size at which an image is uploaded. A small image keeps its own. */
export function fitted(width, height) {
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Return whether bytes are those of a PDF. */
export function isPdf(bytes) {
  const start = String.fromCharCode(...bytes.subarray(0, PDF_START));
  return start.includes(PDF);
}

/** Return a size as text, such as 240 KB or 1.4 MB. */
export function sizeInWords(bytes) {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} KB`;
  return `${(bytes / 1e6).toLocaleString(undefined, { maximumFractionDigits: 1 })} MB`;
}

/** Return the hexadecimal digits of an ArrayBuffer. */
export const hex = (buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Raise a FileFault unless a file is a PDF that can be uploaded: its size, and its first bytes. */
export function requireSheet(size, start) {
  if (!isPdf(start)) throw new FileFault("must be a PDF, and this file is none");
  if (size <= MAX_SIZES.safetyDataSheet) return;
  const most = sizeInWords(MAX_SIZES.safetyDataSheet);
  throw new FileFault(`must have at most ${most}, got ${size.toLocaleString()} bytes`);
}
