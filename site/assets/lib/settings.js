// @ts-check
// The switches that this browser remembers. localStorage has such settings only, and never a token.

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

/** A sound for new orders. */
export const ringing = setting("sound");

/** Compact rows in the list. */
export const compactRows = setting("compact-rows");

/** No single keys, for people who dictate, because speech may press them (WCAG 2.1.4). */
export const keysOff = setting("keys-off");
