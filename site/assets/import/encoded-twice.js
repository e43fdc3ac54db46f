// Texts that a program encoded twice, such as "MÃ¼ller" for "Müller".

const HIGH = Uint8Array.from({ length: 128 }, (_, at) => at + 128);
const bytes = new Map(
  [...new TextDecoder("windows-1252").decode(HIGH)].map((letter, at) => [letter, at + 128]),
);

/** Return the text that was encoded twice, or an empty text if none was. */
export function encodedOnce(text) {
  const codes = [...text].map((letter) => bytes.get(letter) ?? letter.codePointAt(0));
  if (codes.every((code) => code < 128) || codes.some((code) => code > 255)) return "";
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(codes));
  } catch {
    return "";
  }
}
