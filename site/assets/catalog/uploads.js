// The upload of a file of a product: the API signs an address for exactly this file, and the browser sends it there.
import { call } from "../lib/api.js";
import { FileFault, hex, PDF_START, requireSheet, sizeInWords } from "./file-rules.js";
import { smallPicture } from "./picture.js";
import { productPath } from "./products.js";

const PREPARE = { image: smallPicture, safetyDataSheet: checkedSheet };
const TENTHS = 10; // steps of the progress that are said

/**
 * Upload a chosen file, and resolve to {file, size}: its name for the product, and its size in words. `progress` is called with
 * texts, and `signal` ends the upload. Raises a FileFault, or the error of the call.
 */
export async function uploadFile(kind, chosen, sku, { progress, signal }) {
  const blob = await PREPARE[kind](chosen);
  const sha256 = hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  const size = sizeInWords(blob.size);
  const body = { kind, contentType: blob.type, size: blob.size, sha256 };
  const signed = await call("POST", `${productPath(sku)}/files`, { body, signal });
  await send(signed, blob, signal, (part) => progress(`Uploading ${size} … ${part} %`));
  return { file: signed.file, size };
}

/** Resolve to the chosen file as a PDF, whatever type its name has. */
async function checkedSheet(chosen) {
  const start = await read(chosen.slice(0, PDF_START));
  requireSheet(chosen.size, new Uint8Array(start));
  return new Blob([await read(chosen)], { type: "application/pdf" });
}

/** Resolve to the bytes of a file, which may have been moved or changed since it was chosen. */
const read = (file) =>
  file.arrayBuffer().catch(() => {
    throw new FileFault("cannot be read. Choose the file again");
  });

/** Send a file. A fetch would not tell how much of it has been sent. */
function send({ url, headers }, blob, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (text) => () => reject(new FileFault(`was not uploaded: ${text}`));
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) =>
      progress((100 / TENTHS) * Math.floor((TENTHS * loaded) / total));
    const refused = fail("the store has refused it. Choose the file again");
    request.onload = () => (request.status === 200 ? resolve() : refused());
    request.onerror = fail("the connection is lost. Choose the file again");
    request.onabort = fail("the upload is cancelled");
    signal.addEventListener("abort", () => request.abort());
    request.send(blob);
  });
}
