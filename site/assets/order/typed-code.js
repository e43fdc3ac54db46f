// A code that a scanner or a person typed in place of a quantity.
import { onSaleAs } from "./product-picker.js";

/**
 * Begin a line for the product with this code. `takeBack` sets the quantity from before the code was typed. Resolve to whether it
 * is the code of a product.
 */
export async function enterCode(code, { scanned, takeBack }, { picker, lines }) {
  if (scanned) {
    takeBack();
    picker.enter(code);
    return true;
  }
  const product = await onSaleAs(code);
  if (product) {
    takeBack();
    lines.pick(product);
  }
  return Boolean(product);
}
