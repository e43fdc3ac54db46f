// The fields of a product that name a file, a safety data sheet in words, and the image in what is pasted.
import { isDate } from "../lib/days.js";
import { isolated } from "../lib/format.js";
import { dateFormat } from "../lib/once.js";

/** Each field that names a file, with the fields that say what it is. */
export const FILES = {
  image: ["imageText"],
  safetyDataSheet: ["safetyDataSheetVersion", "safetyDataSheetDate"],
};
const longDay = dateFormat({ dateStyle: "long", timeZone: "UTC" });

/** Return the file of a kind in words, for people who choose between two. */
export function fileInWords(kind, product) {
  if (!product[kind]) return "none";
  const [text, date] = FILES[kind].map((name) => product[name] ?? "");
  return kind === "image" ? `“${isolated(text)}”` : sheetInWords(text, date);
}

/** Return a safety data sheet in words: "Safety data sheet, version 3, 2 March 2026 (PDF)". */
export function sheetInWords(version, date) {
  const day = isDate(date) ? longDay().format(Date.parse(date)) : "";
  return `${["Safety data sheet", version && `version ${isolated(version)}`, day].filter(Boolean).join(", ")} (PDF)`;
}

/**
 * Return the image among what is pasted, if it is one. Cells of a spreadsheet come as text and as an image of the text: in a
 * field they are text.
 */
export function pastedImage({ files, types }, isInField) {
  if (isInField && types.includes("text/plain")) return undefined;
  return [...files].find(({ type }) => type.startsWith("image/"));
}
