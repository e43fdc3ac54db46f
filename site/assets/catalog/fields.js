// The fields of the form of a product: what is typed into them, and the warnings that they show.
import { byId, fill } from "../lib/dom.js";
import { showErrors } from "../lib/form-errors.js";
import { forbiddenClaims, HAZARDS, needsSheet } from "./claims.js";
import { showFiles } from "./file-fields.js";
import { LABELS } from "./words.js";

export const form = byId("product-form");
const WRITTEN = ["sku", ...Object.keys(LABELS).filter((name) => !["active", "currency"].includes(name))];

/** Return what is typed. */
export function typedValues() {
  const texts = WRITTEN.map((name) => [name, form.elements[name].value]);
  return { ...Object.fromEntries(texts), active: form.elements.active.checked };
}

/** Put texts into the fields. The hazard label is open if there is one. */
export function putValues(values) {
  for (const name of WRITTEN) form.elements[name].value = values[name] ?? "";
  form.elements.active.checked = values.active;
  byId("hazard").open = HAZARDS.some((name) => form.elements[name].value);
  showRest();
}

/** Show faults at their fields, and open the hazard label if one of them is there. */
export function showFaults(faults) {
  if (faults.some(({ path }) => HAZARDS.includes(path))) byId("hazard").open = true;
  showErrors(form, faults);
}

/** Show what follows from the fields: the files, the claims that the product must not make, and whether a sheet is missing. */
export function showRest() {
  showFiles();
  const values = typedValues();
  const claims = forbiddenClaims(values).map((claim) => `“${claim}”`);
  fill(form, { claims: claims.join(", ") });
  byId("sheet-missing").hidden = !needsSheet(values) || Boolean(values.safetyDataSheet);
}
