// A ZIP file of texts, stored without compression (PKWARE's APPNOTE.TXT, sections 4.3 and 4.4).
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20; // 2.0, the first one with folders
const FIRST_DAY = 0x21; // 1980-01-01; the files have no date of their own
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** Return the parts of a ZIP file with these texts by their name, which has only letters of ASCII. */
export function zip(texts) {
  const [parts, directory] = [[], []];
  for (const [name, text] of Object.entries(texts)) {
    const [bytes, nameBytes] = [text, name].map((one) => new TextEncoder().encode(one));
    const about = header(bytes, nameBytes.length);
    directory.push([
      ...long(CENTRAL),
      ...short(VERSION),
      ...about,
      ...short(0, 0, 0),
      ...long(0, sizeOf(parts)),
    ]);
    directory.push(nameBytes);
    parts.push([...long(LOCAL), ...about], nameBytes, bytes);
  }
  const count = Object.keys(texts).length;
  const ends = [...short(0, 0, count, count), ...long(sizeOf(directory), sizeOf(parts)), ...short(0)];
  return [...parts, ...directory, [...long(END), ...ends]].map((part) => Uint8Array.from(part));
}

/** Return what a file's own header and the directory both say about it. */
const header = (bytes, nameLength) => [
  ...short(VERSION, 0, 0, 0, FIRST_DAY),
  ...long(crc32(bytes), bytes.length, bytes.length),
  ...short(nameLength, 0),
];

const sizeOf = (parts) => parts.reduce((sum, { length }) => sum + length, 0);
const short = (...values) => values.flatMap((value) => [value & 0xff, value >>> 8]);
const long = (...values) => values.flatMap((value) => short(value & 0xffff, value >>> 16));

function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (rest >>> 8) ^ CRC_TABLE[(rest ^ byte) & 0xff];
  return (rest ^ 0xffffffff) >>> 0;
}
