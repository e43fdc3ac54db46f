// What was typed on the page of the checkout, until the order is sent. A sign-in in between must not lose it.

const FORM = "shop:checkout";

/** Put what was typed back into the form, and remember it from then on. */
export function rememberForm(form) {
  const kept = JSON.parse(sessionStorage.getItem(FORM) ?? "{}");
  for (const [name, value] of Object.entries(kept))
    if (form.elements[name]) form.elements[name].value = value;
  form.oninput = () => sessionStorage.setItem(FORM, JSON.stringify(Object.fromEntries(new FormData(form))));
}

export const forgetForm = () => sessionStorage.removeItem(FORM);
