// @ts-check
// Copies of templates, slots that are filled with text, and regions that show one of their states.

/**
 * Return the element with this ID. A module knows its page, so the element exists and is of the expected kind.
 * @type {(id: string) => any}
 */
export const byId = (id) => document.getElementById(id);

/**
 * Return a copy of the one element in a <template>, its slots filled.
 * @param {string} id
 * @param {Record<string, any>} [values]
 */
export function stamp(id, values = {}) {
  return fill(byId(id).content.firstElementChild.cloneNode(true), values);
}

/**
 * Put each value (text or nodes) into the elements with data-slot=name. A slot without a value is hidden.
 * @template {ParentNode} T
 * @param {T} root
 * @param {Record<string, any>} values
 */
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    const missing = value === undefined || value === null || value === "" || value.length === 0;
    for (const slot of elements(root, `[data-slot="${name}"]`)) {
      slot.replaceChildren(...(missing ? [] : Array.isArray(value) ? value : [value]));
      (slot.closest("[data-optional]") ?? slot).hidden = missing;
    }
  }
  return root;
}

/**
 * Show the parts of a region that are for this state, and hide its other parts.
 * @param {HTMLElement} region
 * @param {string} state
 */
export function show(region, state) {
  for (const part of elements(region, "[data-when]")) part.hidden = part.dataset.when !== state;
  region.dataset.state = state;
}

/**
 * Show the region's "failed" state: the error and a button that tries again.
 * @param {HTMLElement} region
 * @param {Error} error
 * @param {() => void} retry
 */
export function showFailure(region, error, retry) {
  fill(region, { failure: error.message });
  show(region, "failed");
  const [button] = elements(region, "[data-retry]");
  if (button)
    button.onclick = () => {
      region.ariaBusy = "true"; // the page resets this after the retry
      retry();
    };
}

const FAILED = '[data-state="failed"]:not([aria-busy="true"]) [data-retry]';
// A failed region is loaded again as soon as there is a connection, unless a retry is already running.
addEventListener("connected", () => elements(document, FAILED).forEach((button) => button.click()));

/**
 * Whether an element is on screen, and neither hidden nor inside a hidden element.
 * @param {Element} element
 */
export const isShown = (element) => element.getClientRects().length > 0;

/** @type {(root: ParentNode, selector: string) => NodeListOf<any>} */
const elements = (root, selector) => root.querySelectorAll(selector);

/**
 * Read a text out to people who use a screen reader. Other people see the same change on the page.
 * @param {string} text
 */
export function announce(text) {
  byId("announcement").textContent = text;
}

/**
 * Type a text into a field as the keyboard would.
 * @param {HTMLInputElement} field
 * @param {string} text
 */
export function typeInto(field, text) {
  const [line, ...others] = text.split("\n");
  field.setRangeText(line, field.selectionStart ?? 0, field.selectionEnd ?? 0, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (others.length) field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
}
