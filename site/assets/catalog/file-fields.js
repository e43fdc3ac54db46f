// The files in the form of a product: its image and its safety data sheet. take-file.js is loaded with the first chosen file.
import { byId } from "../lib/dom.js";
import { FILES, pastedImage, sheetInWords } from "./file-names.js";

/**
 * The product on screen, which a file belongs to, and the upload of each kind that is running, as the AbortController that ends it.
 * A later one takes its place.
 */
export const files = { product: null, running: new Map() };

const shown = {}; // the name of the file of each kind on screen

export const fileField = (name) => byId("product-form").elements[name];
export const say = (kind, text) => (byId(`${kind}-status`).textContent = text);

/** Show the fields for the files of a product. A new product cannot have files yet. */
export function openFiles(product) {
  files.product = product;
  for (const kind of Object.keys(FILES)) forget(kind);
  byId("files").hidden = !product;
  byId("files-later").hidden = Boolean(product);
  for (const kind of Object.keys(FILES)) say(kind, "");
}

/** Show the files that the form names. Without a file, nothing says what it is. */
export function showFiles() {
  for (const [kind, others] of Object.entries(FILES)) {
    const { value } = fileField(kind);
    if (value !== shown[kind]) say(kind, ""); // it told of another file
    shown[kind] = value;
    byId(`${kind}-shown`).hidden = !value;
    if (!value) for (const other of others) fileField(other).value = "";
  }
  const [picture, link] = [byId("image-preview"), byId("sheet-link")];
  const [image, sheet] = [fileField("image").value, fileField("safetyDataSheet").value];
  picture.alt = fileField("imageText").value;
  if (!image) picture.removeAttribute("src");
  else if (!picture.src.endsWith(image)) picture.src = `/files/${image}`;
  link.href = `/files/${sheet}`;
  link.textContent = sheetInWords(...FILES.safetyDataSheet.map((name) => fileField(name).value));
}

/** Take files that are chosen, dropped or pasted, and remove them. `load` resolves to the module that uploads them. */
export function wireFiles(load) {
  const take = async (kind, file) => {
    if (!file || !files.product) return;
    say(kind, "Preparing the file …");
    const own = new AbortController();
    files.running.set(kind, own);
    byId(`cancel-${kind}`).hidden = false;
    await load()
      .then(({ takeFile }) => takeFile(kind, file, own))
      .finally(() => files.running.get(kind) === own && forget(kind));
  };
  for (const kind of Object.keys(FILES)) wire(kind, take);
  addEventListener("paste", ({ clipboardData, target }) => {
    if (clipboardData) take("image", pastedImage(clipboardData, target.matches("input, textarea")));
  });
  addEventListener("dragover", refuseMissed);
  addEventListener("drop", refuseMissed);
}

/** Forget the upload of a kind, which then changes nothing any more. */
function forget(kind) {
  files.running.delete(kind);
  byId(`cancel-${kind}`).hidden = true;
}

/** Refuse a file that is dropped beside the areas, because the browser would show it in place of the page. */
function refuseMissed(event) {
  if (event.defaultPrevented || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

function wire(kind, take) {
  const [area, chooser] = [byId(`${kind}-area`), byId(`choose-${kind}`)];
  chooser.oninput = (event) => event.stopPropagation(); // nothing of the product has changed yet
  chooser.onchange = () => {
    take(kind, chooser.files[0]);
    chooser.value = ""; // the same file can be chosen again
  };
  area.ondragover =
    area.ondragleave =
    area.ondrop =
      (event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        area.toggleAttribute("data-over", event.type === "dragover");
        if (event.type === "drop") take(kind, event.dataTransfer.files[0]);
      };
  byId(`remove-${kind}`).onclick = () => {
    forget(kind);
    putFile(kind, "");
    chooser.focus();
  };
  byId(`cancel-${kind}`).onclick = () => {
    files.running.get(kind).abort();
    forget(kind);
    say(kind, "The upload is cancelled.");
    chooser.focus();
  };
}

/** Put the name of a file into its field as somebody would type it. */
export function putFile(kind, name) {
  fileField(kind).value = name;
  fileField(kind).dispatchEvent(new Event("input", { bubbles: true }));
}
