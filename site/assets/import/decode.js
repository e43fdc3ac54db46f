// The bytes of a chosen file as text. A file in no known encoding is asked about, and what is no text is refused.

/** The encodings that a person can choose for a file that is not UTF-8, with their names. */
export const ENCODINGS = [
  ["windows-1252", "Windows, Western Europe (1252)"],
  ["windows-1250", "Windows, Central Europe (1250)"],
  ["macintosh", "Macintosh (Roman)"],
  ["windows-1251", "Windows, Cyrillic (1251)"],
];

const MARKS = [
  [[0xff, 0xfe, 0, 0], "utf-32"], // before UTF-16, whose mark it begins with
  [[0, 0, 0xfe, 0xff], "utf-32"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];
const KINDS = [
  [[0x50, 0x4b, 3, 4], "a spreadsheet, not a CSV file"], // .xlsx and .ods
  [[0xd0, 0xcf, 0x11, 0xe0], "a spreadsheet, not a CSV file"], // .xls
  [[0x25, 0x50, 0x44, 0x46], "a PDF, not a CSV file"],
];

const EXAMINED = 64_000; // bytes in which such a line is looked for

const isLineEnd = (byte) => byte === 10 || byte === 13;
const beginsWith = (bytes, mark) => mark.every((byte, at) => bytes[at] === byte);

/**
 * Return {text}, {fault}, or {isUnknown: true} for bytes that are not UTF-8 and have no byte order mark. With `encoding`, one of
 * ENCODINGS, such bytes are read as that.
 * @param {Uint8Array} bytes
 */
export function decoded(bytes, encoding = "") {
  const [, kind] = KINDS.find(([mark]) => beginsWith(bytes, mark)) ?? [];
  if (kind) return { fault: `This is ${kind}. Save it as “CSV UTF-8” in your spreadsheet, and choose that.` };
  const [, marked] = MARKS.find(([mark]) => beginsWith(bytes, mark)) ?? [];
  if (marked === "utf-32") return { fault: "This file is in UTF-32. Save it as “CSV UTF-8”." };
  const start = bytes.subarray(0, 1000);
  // A single zero byte is a hidden character of a text (lib/text.js).
  if (!marked && start.filter((byte) => byte === 0).length > start.length / 8)
    return { fault: "This is not a text file, or UTF-16 without its mark. Save it as “CSV UTF-8”." };
  try {
    const text = new TextDecoder(marked ?? "utf-8", { fatal: true }).decode(bytes);
    return text.trim() ? { text } : { fault: "This file is empty." };
  } catch {
    if (marked) return { fault: "This file is damaged: it is not the UTF-16 that its mark says." };
    return encoding ? { text: new TextDecoder(encoding).decode(bytes) } : { isUnknown: true };
  }
}

/** Return a line that ENCODINGS read in as many ways as possible, as each of them reads it: [{encoding, name, example}]. */
export function examples(bytes) {
  const at = bytes.findIndex((byte) => byte >= 0x80);
  const start = bytes.subarray(0, at).findLastIndex(isLineEnd) + 1;
  const part = bytes.subarray(start, start + EXAMINED);
  const readings = ENCODINGS.map(([encoding]) => new TextDecoder(encoding).decode(part).split(/\r\n?|\n/));
  const ways = (line) => new Set(readings.map((lines) => lines[line])).size;
  const best = [...readings[0].keys()].reduce((first, line) => (ways(line) > ways(first) ? line : first), 0);
  return ENCODINGS.map(([encoding, name], one) => ({ encoding, name, example: readings[one][best] }));
}
