// @ts-check
// An order's number as a barcode that every scanner reads: Code 39 (ISO/IEC 16388).
const SVG = "http://www.w3.org/2000/svg";
const WIDE = 3; // times as wide as a narrow bar
const HEIGHT = 40; // in narrow bars
// The nine bars and spaces of each character, of which three are wide (w).
/** @type {Record<string, string>} */
const CHARACTERS = {
  0: "nnnwwnwnn",
  1: "wnnwnnnnw",
  2: "nnwwnnnnw",
  3: "wnwwnnnnn",
  4: "nnnwwnnnw",
  5: "wnnwwnnnn",
  6: "nnwwwnnnn",
  7: "nnnwnnwnw",
  8: "wnnwnnwnn",
  9: "nnwwnnwnn",
  "*": "nwnnwnwnn", // begins and ends each code
};

/**
 * Return where the bars of a number begin and how wide they are, in narrow bars, and the width of all.
 * @param {number} number
 */
export function barsOf(number) {
  /** @type {{at: number, size: number}[]} */
  const bars = [];
  let at = 0;
  for (const character of `*${number}*`) {
    [...CHARACTERS[character]].forEach((width, place) => {
      const size = width === "w" ? WIDE : 1;
      if (place % 2 === 0) bars.push({ at, size });
      at += size;
    });
    at += 1; // the gap between two characters
  }
  return { bars, width: at - 1 };
}

/**
 * Return the barcode of a number as an image, or an empty text for an order without a number.
 * @param {number} [number]
 */
export function barcode(number) {
  if (!number) return "";
  const { bars, width } = barsOf(number);
  const image = element("svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`,
    class: "barcode",
    "aria-hidden": "true",
  });
  image.append(...bars.map(({ at, size }) => element("rect", { x: at, width: size, height: HEIGHT })));
  return image;
}

/** @type {(name: string, attributes: Record<string, any>) => Element} */
function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
