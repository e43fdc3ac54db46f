// @ts-check
// The switches and choices that this browser remembers. localStorage never has a token: besides these it has the saved views, the
// columns of imported files, and the IDs of parked orders that are sent and still to be deleted.

/**
 * Return a switch, which is off at first.
 * @param {string} name
 */
function setting(name) {
  const key = `order-desk:${name}`;
  return {
    isOn: () => Boolean(localStorage.getItem(key)),
    /** @param {boolean} on */
    set: (on) => (on ? localStorage.setItem(key, "on") : localStorage.removeItem(key)),
  };
}

/**
 * Return a choice between names. `usual()` returns the name for a browser that remembers none of them.
 * @param {string} name
 * @param {string[]} names
 * @param {() => string} usual
 */
export function choice(name, names, usual) {
  const key = `order-desk:${name}`;
  return {
    get() {
      const kept = localStorage.getItem(key) ?? "";
      return names.includes(kept) ? kept : usual();
    },
    /** @param {string} chosen */
    set: (chosen) => localStorage.setItem(key, chosen),
  };
}

/** A sound for new orders. */
export const ringing = setting("sound");

/** Compact rows in the list. */
export const compactRows = setting("compact-rows");

/** No single keys, for people who dictate, because speech may press them (WCAG 2.1.4). */
export const keysOff = setting("keys-off");
