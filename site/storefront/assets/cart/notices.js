// The reasons why ticked lines cannot be ordered, and the products that did not fit into the cart.
import { byId, fill } from "../../../assets/lib/dom.js";
import { keep, readKept } from "./kept.js";

const MOST = 5; // links in a notice

/** Return the ID of a line on the page of the cart. */
export const idOfLine = (sku) => `line-${sku}`;

/** Return a notice about checked lines, with links that lead to them on the page of the cart. */
export function linesNotice(lines, text, page = "") {
  const links = lines.slice(0, MOST).map(({ line, facts }) => {
    const link = document.createElement("a");
    link.href = `${page}#${idOfLine(line.sku)}`;
    link.textContent = facts?.name ?? line.name;
    return link;
  });
  const others = lines.length - links.length;
  const names = links.flatMap((link, at) => (at ? [", ", link] : [link]));
  return [text, " ", ...names, others ? ` and ${others.toLocaleString("en-GB")} more.` : "."];
}

/** Return a text about the lines that are not ticked, such as those of an earlier cart of the account. */
export function untickedText(lines) {
  const count = lines.filter(({ line }) => !line.ticked).length;
  if (!count) return "";
  return count === 1
    ? "1 line is not ticked. It stays in the cart, and is not ordered."
    : `${count.toLocaleString("en-GB")} lines are not ticked. They stay in the cart, and are not ordered.`;
}

/** Open or close the links to the checkout. */
export function openWays(page, isOpen) {
  for (const link of page.querySelectorAll(".to-checkout")) {
    if (isOpen) link.href = "/checkout";
    else link.removeAttribute("href");
    link.setAttribute("aria-disabled", String(!isOpen));
  }
}

/** Name the products for which the cart had no room, until the customer has read that. */
export function showLeft(page) {
  const { left = [] } = readKept();
  byId("left-out").hidden = !left.length;
  fill(page, { left: left.join(", ") });
  byId("read-left").onclick = () => {
    const { left: _, ...kept } = readKept();
    keep(kept);
    showLeft(page);
    byId("main").focus();
  };
}
