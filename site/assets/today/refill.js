// Replaces a part of a page while somebody uses it.

/** Replaces the content of an element, unless it is the same. A link that has the focus keeps it. */
export function refill(element, nodes) {
  const fresh = element.cloneNode(false);
  fresh.append(...nodes);
  if (fresh.isEqualNode(element)) return;
  const held = element.contains(document.activeElement) && document.activeElement.getAttribute("href");
  element.replaceChildren(...fresh.childNodes);
  if (held) element.querySelector(`[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}
