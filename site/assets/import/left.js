// An import that has begun is kept in this tab, so that it can go on after a reload or a new sign-in.
import { leftImport } from "../catalog/products.js";

/** Keep an import: {name, text, places}. If the file is too large for the tab, only its name is kept. */
export function keepLeft(who, left) {
  try {
    leftImport(who).save(left);
  } catch {
    leftImport(who).save({ name: left.name }); // the quota is some five million characters
  }
}

/** Forget the import that is kept. */
export const forgetLeft = (who) => leftImport(who).clear();
