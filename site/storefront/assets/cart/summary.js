// The sums of a cart, beside its lines and on the page of the checkout.
import { fill } from "../../../assets/lib/dom.js";
import { amountText } from "../money.js";

/** Show sums, which sumsOf() returned. Without VAT, or if the VAT of a line is not known, there is one sum only. */
export function showSums(place, { count, net, vat, gross }, money) {
  const isPlain = gross === undefined;
  fill(place, {
    count: `${count.toLocaleString("en-GB")} product${count === 1 ? "" : "s"}, without VAT`,
    net: amountText(net, money),
    vat: isPlain ? "" : amountText(vat, money),
    gross: isPlain ? "" : amountText(gross, money),
    plus: isPlain ? "VAT is added on the invoice." : "",
  });
}
