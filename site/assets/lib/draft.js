// @ts-check
// Typed text survives a reload and a new sign-in in this tab. Signing out deletes it.

/**
 * Return a value kept in sessionStorage. Its key contains the person's e-mail, so that nobody else sees the draft.
 * @param {string} kind
 * @param {{email: string}} who
 * @param {string} [id]
 */
export function draft(kind, who, id = "") {
  const key = `order-desk:${kind}:${who.email}:${id}`;
  return {
    load: () => JSON.parse(sessionStorage.getItem(key) ?? "null"),
    /** @param {unknown} value */
    save: (value) => sessionStorage.setItem(key, JSON.stringify(value)),
    clear: () => sessionStorage.removeItem(key),
  };
}
