// The replacement of a part of a page that somebody may be using.

/**
 * Replace the content of an element if the new content differs. A link that has the focus keeps the focus: it is found again
 * by its `data-key`, because the address of some links has the time, or else by its address.
 */
export function refill(element, nodes) {
  const fresh = element.cloneNode(false);
  fresh.append(...nodes);
  if (fresh.isEqualNode(element)) return;
  const held = element.contains(document.activeElement) && nameOf(document.activeElement);
  element.replaceChildren(...fresh.childNodes);
  if (!held) return;
  const same = [...element.querySelectorAll("a")].find((link) => nameOf(link) === held);
  same?.focus({ preventScroll: true });
}

const nameOf = (link) => link.dataset.key ?? link.getAttribute("href");
