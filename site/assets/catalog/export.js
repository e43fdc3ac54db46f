// The products that the list finds as a CSV file, which can be imported again as it is.
import { announce, byId } from "../lib/dom.js";
import { dateOf } from "../lib/days.js";
import { download } from "../lib/download.js";
import { count } from "../lib/format.js";
import { chosenFormat, FORMATS, usualFormat } from "../list/file-format.js";
import { sessionEnded } from "../shell/shell.js";
import { catalogFile } from "./export-form.js";
import { readEvery } from "./selection.js";

/** Return the form of the file: the chosen one of exports, or the usual CSV file if that is a workbook. */
const catalogForm = () =>
  FORMATS[chosenFormat() === "xlsx" ? usualFormat(navigator.language) : chosenFormat()];

/** Read all pages of the list with `read(part)`, and save the products. The button shows how many were read. */
export async function exportProducts(read, button) {
  const fault = byId("export-fault");
  fault.hidden = button.disabled = true;
  const label = button.textContent;
  const asked = location.search;
  try {
    const products = await readEvery(read, (number) => {
      button.textContent = `${count(number, "product")} read …`;
      return location.search === asked;
    });
    if (location.search === asked) save(products, asked);
  } catch (error) {
    if (!sessionEnded(error)) say(fault, `Not exported. ${error.message}`);
  }
  Object.assign(button, { disabled: false, textContent: label });
}

function say(fault, text) {
  fault.textContent = text;
  fault.hidden = false;
  announce(text);
}

function save(products, asked) {
  const form = catalogForm();
  const name = asked ? "products-found" : "products";
  download(catalogFile(products, form), `${name}-${dateOf(new Date())}.${form.extension}`);
  announce(`${count(products.length, "product")} exported.`);
}
