// A file that is chosen for a product: it is uploaded at once, and belongs to the product when the form is saved.
import { byId } from "../lib/dom.js";
import { clearErrors } from "../lib/form-errors.js";
import { sessionEnded } from "../shell/shell.js";
import { showFaults } from "./fields.js";
import { fileField, files, putFile, say } from "./file-fields.js";
import { FILES } from "./file-names.js";
import { uploadFile } from "./uploads.js";

/**
 * Upload a file and put its name into the form, or say why not. An upload whose AbortController `own` is not the current one of its
 * kind changes nothing.
 */
export async function takeFile(kind, chosen, own) {
  const { product } = files;
  const isCurrent = () => files.running.get(kind) === own;
  clearErrors(byId("product-form"));
  try {
    const progress = (text) => isCurrent() && say(kind, text);
    const { file, size } = await uploadFile(kind, chosen, product.sku, { progress, signal: own.signal });
    if (!isCurrent()) return;
    if (kind === "safetyDataSheet" && file !== product[kind]) forgetOldSheet(product);
    putFile(kind, file);
    say(kind, `Uploaded (${size}). Save the changes to keep it.`);
  } catch (error) {
    const isEnded = sessionEnded(error);
    if (!isCurrent()) return;
    say(kind, "");
    if (!isEnded) showFaults([{ path: kind, message: faultOf(error) }]);
  }
}

/** Return the error of an upload in words that follow the name of its field. */
const faultOf = ({ isOfFile, message }) => (isOfFile ? message : `was not uploaded: ${message}`);

/** Empty what is stored about the sheet, because another sheet has another version and date. What was typed since stays. */
function forgetOldSheet(product) {
  for (const name of FILES.safetyDataSheet)
    if (fileField(name).value === product[name]) fileField(name).value = "";
}
