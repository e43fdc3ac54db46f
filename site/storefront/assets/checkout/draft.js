// The texts of the checkout as they were typed, until the order is sent. A sign-in in between must not lose them.

const FORM = "shop:checkout";

/** Put what was typed back into the form, and remember it from then on. */
export function rememberForm(form) {
  const kept = JSON.parse(sessionStorage.getItem(FORM) ?? "{}");
  for (const field of form.elements) if (Object.hasOwn(kept, field.name)) putBack(field, kept[field.name]);
  form.oninput = () => noteForm(form);
}

/** A choice that is no longer there leaves no other one chosen, because nobody chose that. */
function putBack(field, value) {
  if (field.type === "radio") field.checked = field.value === value;
  else field.value = value;
}

/** Remember what is typed and chosen now. */
export const noteForm = (form) =>
  sessionStorage.setItem(FORM, JSON.stringify(Object.fromEntries(new FormData(form))));

export const forgetForm = () => sessionStorage.removeItem(FORM);
