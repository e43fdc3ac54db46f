// The replacement of a part of a page that somebody may be using.

/** Replace the content of an element if the new content differs. A link that has the focus keeps the focus. */
export function refill(element, nodes) {
  const fresh = element.cloneNode(false);
  fresh.append(...nodes);
  if (fresh.isEqualNode(element)) return;
  const held = element.contains(document.activeElement) && document.activeElement.getAttribute("href");
  element.replaceChildren(...fresh.childNodes);
  if (held) element.querySelector(`[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}
