// @ts-check
// Drafts: typed text that survives a reload and a new sign-in in this tab. Signing out deletes the drafts.

/**
 * Return functions that load, save and clear a draft in sessionStorage. Its key contains the person's e-mail, so that
 * nobody else sees the draft.
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

/**
 * Return all drafts of a person in this tab.
 * @param {{email: string}} who
 */
export const draftsOf = (who) =>
  Object.entries(sessionStorage)
    .map(([key, value]) => ({ parts: key.split(":"), value }))
    .filter(({ parts: [site, , email] }) => site === "order-desk" && email === who.email)
    .map(({ parts: [, kind], value }) => ({ kind, value: JSON.parse(value) }));
