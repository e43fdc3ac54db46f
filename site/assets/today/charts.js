// Small charts as inline SVG. Positions in percent fit any width. Classes set styles, because the CSP forbids inline styles.
const TOP = 4; // the y of the uppermost line, in % of the height
const BASE = 84; // the y of the line at zero, in % of the height; the hours are below it
const STEPS = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10];

const svg = (name, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
const percent = (part) => `${+part.toFixed(3)}%`;

/** Return the smallest round even number that is not below `number`: the top of a scale with a second line at its half. */
export function roundUp(number) {
  const unit = 10 ** Math.floor(Math.log10(number));
  const tops = STEPS.map((step) => Math.round(step * unit));
  return tops.find((top) => top >= number && top % 2 === 0);
}

/**
 * Return a chart of a day by the hour, or of another period by its parts, drawn as solid bars within the outlines of an earlier
 * one. `hours` are [{name, tick?, today, last, title}] from left to right, and the top of the scale is at least `least`. A line
 * is at `now`, the share of the width that is past (0 to 1), if that is given. A tick is at `tickAt`, a share of its column.
 */
export function dayChart({ hours, least, now, label, format, tickAt = 0 }) {
  const top = roundUp(Math.max(least, ...hours.flatMap(({ today, last }) => [today, last])));
  const width = 100 / hours.length;
  const lines = [top, top / 2].map((value) => ({ y: BASE - height(value / top), name: format(value) }));
  return svg(
    "svg",
    { class: "day-chart", role: "img", "aria-label": label },
    svg("g", { class: "grid" }, ...lines.map(line)),
    ...(now === undefined ? [] : [nowLine(now)]),
    ...hours.map((hour, index) => column(hour, index * width, width, top)),
    svg("line", { class: "base", x1: "0%", x2: "100%", y1: percent(BASE), y2: percent(BASE) }),
    ...hours.map(({ tick }, index) => (tick ? text("tick", (index + tickAt) * width, 97, tick) : "")),
    svg("g", { class: "scale" }, ...lines.map(lineLabel)), // in the room at the right
  );
}

const height = (part) => part * (BASE - TOP);

const line = ({ y }) => svg("line", { x1: "0%", x2: "100%", y1: percent(y), y2: percent(y) });

const nowLine = (now) =>
  svg("line", {
    class: "now",
    x1: percent(now * 100),
    x2: percent(now * 100),
    y1: percent(TOP),
    y2: percent(BASE),
  });

const lineLabel = ({ y, name }) => svg("text", { x: "100%", y: percent(y), dx: "0.5em", dy: "0.35em" }, name);

function text(name, x, y, written) {
  const anchor = x ? "middle" : "start";
  return svg("text", { class: name, x: percent(x), y: percent(y), "text-anchor": anchor }, written);
}

function column({ today, last, title }, x, width, top) {
  return svg(
    "g",
    { class: "column" },
    svg("title", {}, title),
    svg("rect", { class: "reach", x: percent(x), width: percent(width), y: "0%", height: percent(BASE) }),
    bar("last", x + width * 0.12, width * 0.76, last / top),
    bar("today", x + width * 0.26, width * 0.48, today / top),
  );
}

function bar(name, x, width, part) {
  if (!part) return "";
  const y = percent(BASE - height(part));
  return svg("rect", {
    class: name,
    x: percent(x),
    width: percent(width),
    y,
    height: percent(height(part)),
    rx: 2,
  });
}

/** Return a bar of parts side by side: [[class, share of the width]]. Screen readers skip it and read the table instead. */
export function stackedBar(parts) {
  let x = 0;
  const shown = parts.filter(([, share]) => share);
  const rects = shown.map(([name, share]) => {
    const rect = svg("rect", {
      class: name,
      x: percent(x * 100),
      width: percent(share * 100),
      y: 1,
      height: 6,
      rx: 2,
    });
    x += share;
    return rect;
  });
  return svg("svg", { class: "stacked-bar", "aria-hidden": "true" }, ...rects);
}
