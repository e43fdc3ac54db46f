// What someone is typing survives a reload and a new sign-in in this tab; signing out forgets it.

/** A kept value under a name that holds the person's e-mail, so that nobody else is shown it. */
export function draft(kind, who, id = "") {
  const key = `order-desk:${kind}:${who.email}:${id}`;
  return {
    load: () => JSON.parse(sessionStorage.getItem(key)),
    save: (value) => sessionStorage.setItem(key, JSON.stringify(value)),
    clear: () => sessionStorage.removeItem(key),
  };
}
