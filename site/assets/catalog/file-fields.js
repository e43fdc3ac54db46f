// The files in the form of a product: its image and its safety data sheet. A chosen file is uploaded at once, and belongs to the
// product when the form is saved.
import { byId } from "../lib/dom.js";
import { sheetInWords } from "./words.js";

/** The fields that name a file, each with the fields that say what it is. */
export const FILES = {
  image: ["imageText"],
  safetyDataSheet: ["safetyDataSheetVersion", "safetyDataSheetDate"],
};
const field = (name) => byId("product-form").elements[name];
const say = (kind, text) => (byId(`${kind}-status`).textContent = text);

let uploading = 0;
let opened; // what the form shows, so that a late upload for another product changes nothing

/** Return the error of an upload in words that follow the name of its field. */
export const fileFault = ({ isOfFile, message }) => (isOfFile ? message : `was not uploaded: ${message}`);

export const isUploading = () => uploading > 0;

/** Show the files of a product that is in the catalog. A new one cannot have files yet. */
export function openFiles(product) {
  opened = product;
  byId("files").hidden = !product;
  byId("files-later").hidden = Boolean(product);
  for (const kind of Object.keys(FILES)) say(kind, "");
}

/** Show the files that the form names. Without a file, nothing says what it is. */
export function showFiles() {
  for (const [kind, others] of Object.entries(FILES)) {
    const isThere = Boolean(field(kind).value);
    byId(`${kind}-shown`).hidden = !isThere;
    if (!isThere) for (const other of others) field(other).value = "";
  }
  showImage(field("image").value, field("imageText").value);
  const link = byId("sheet-link");
  link.href = `/files/${field("safetyDataSheet").value}`;
  link.textContent = sheetInWords(field("safetyDataSheetVersion").value, field("safetyDataSheetDate").value);
}

function showImage(name, text) {
  const picture = byId("image-preview");
  picture.alt = text;
  if (!name) picture.removeAttribute("src");
  else if (!picture.src.endsWith(name)) picture.src = `/files/${name}`;
}

/**
 * Wire the fields. `upload(kind, file, say)` resolves to {file, size}. `failed(kind, error)` is called with its error, and
 * `begins()` before each upload.
 */
export function wireFiles({ upload, failed, begins }) {
  const take = (kind, file) => file && opened && add(kind, file, { upload, failed, begins });
  for (const kind of Object.keys(FILES)) {
    const chooser = byId(`choose-${kind}`);
    chooser.oninput = (event) => event.stopPropagation(); // nothing of the product has changed yet
    chooser.onchange = () => {
      take(kind, chooser.files[0]);
      chooser.value = ""; // the same file can be chosen again
    };
    wireDrop(byId(`${kind}-area`), (file) => take(kind, file));
    byId(`remove-${kind}`).onclick = () => {
      put(kind, "");
      say(kind, "Removed. Save the changes to keep it so.");
      chooser.focus();
    };
  }
  addEventListener("paste", ({ clipboardData }) => {
    const pasted = [...(clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    take("image", pasted);
  });
}

function wireDrop(area, take) {
  const mark = (isOver) => area.toggleAttribute("data-over", isOver);
  area.ondragover = (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    mark(true);
  };
  area.ondragleave = () => mark(false);
  area.ondrop = (event) => {
    event.preventDefault();
    mark(false);
    take(event.dataTransfer.files[0]);
  };
}

async function add(kind, chosen, { upload, failed, begins }) {
  const product = opened;
  begins();
  uploading += 1;
  say(kind, "Preparing the file …");
  try {
    const { file, size } = await upload(kind, chosen, (text) => opened === product && say(kind, text));
    if (opened !== product) return;
    if (kind === "safetyDataSheet") forgetOldSheet();
    put(kind, file);
    say(kind, `Uploaded (${size}). Save the changes to keep it.`);
  } catch (error) {
    say(kind, "");
    failed(kind, error);
  } finally {
    uploading -= 1;
  }
}

/** Empty what is stored about the sheet, because another sheet has another version and date. What was typed since stays. */
function forgetOldSheet() {
  for (const name of FILES.safetyDataSheet) if (field(name).value === opened[name]) field(name).value = "";
}

/** Put the name of a file into its field as somebody would type it. */
function put(kind, name) {
  field(kind).value = name;
  field(kind).dispatchEvent(new Event("input", { bubbles: true }));
}
