// Parts of a page that are written anew while somebody uses it.

/** Replaces what an element holds, unless that is the same; the link that has the focus keeps it. */
export function refill(element, nodes) {
  const fresh = element.cloneNode(false);
  fresh.append(...nodes);
  if (fresh.isEqualNode(element)) return;
  const held = element.contains(document.activeElement) && document.activeElement.getAttribute("href");
  element.replaceChildren(...fresh.childNodes);
  if (held) element.querySelector(`[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}
