// The DOM as interface: templates are stamped, slots are filled with text, regions show one of their states.

/** A copy of the one element in the <template id>, its slots filled. */
export function stamp(id, values = {}) {
  return fill(document.getElementById(id).content.firstElementChild.cloneNode(true), values);
}

/** Puts each value (text or nodes) into the elements with data-slot=name. What has no value is not shown. */
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    const missing = value === undefined || value === null || value === "" || value.length === 0;
    for (const slot of root.querySelectorAll(`[data-slot="${name}"]`)) {
      slot.replaceChildren(...(missing ? [] : Array.isArray(value) ? value : [value]));
      (slot.closest("[data-optional]") ?? slot).hidden = missing;
    }
  }
  return root;
}

/** Shows the one child of a region that is for this state, and hides the others. */
export function show(region, state) {
  for (const part of region.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  region.dataset.state = state;
}

/** The region's "failed" state: what went wrong, and a way to try again. */
export function showFailure(region, error, retry) {
  fill(region, { failure: error.message });
  show(region, "failed");
  const button = region.querySelector("[data-retry]");
  if (button)
    button.onclick = () => {
      region.ariaBusy = "true"; // the page says when it no longer is
      retry();
    };
}

const FAILED = '[data-state="failed"]:not([aria-busy="true"]) [data-retry]';
// What failed is tried again as soon as there is a connection; where somebody does so already, once is enough.
addEventListener("connected", () => document.querySelectorAll(FAILED).forEach((button) => button.click()));

export const byId = (id) => document.getElementById(id);
