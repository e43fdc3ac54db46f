// The way of a file into the catalog: it is read, its columns are confirmed, its rows are checked, and then written.
import { leftImport } from "../catalog/products.js";
import { byId, fill, show, stamp } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { chosenColumns, keepColumns, showColumns } from "./columns.js";
import { decoded, examples } from "./decode.js";
import { looksLikeRow } from "./items.js";
import { forgetLeft } from "./left.js";
import { checkRows, hideRows, isImporting } from "./run.js";
import { headOf, rowsOf } from "./table.js";

const section = byId("choose");
const SEPARATOR_NAMES = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };

/** Read a chosen file. `who` is the signed-in person. */
export async function openFile(file, who) {
  const bytes = await file.arrayBuffer().catch(() => null);
  if (isImporting()) return say({ note: `${file.name} was not opened, because an import was running.` });
  if (!bytes)
    return refuse("This cannot be read: it is a folder, or it was moved or changed. Choose it again.");
  forgetLeft(who);
  return read(new Uint8Array(bytes), file.name, who);
}

function read(bytes, name, who, encoding = "") {
  const { text, fault, isUnknown } = decoded(bytes, encoding);
  if (isUnknown) askEncoding(bytes, name, who);
  else if (fault) refuse(fault);
  else openText(text, { name, who });
}

/** Read a text as a file of this name. `places` are the columns of the fields if they are known. */
export function openText(text, { name, who, places, note = "" }) {
  const head = headOf(text);
  if (head.fault) return refuse(head.fault);
  say({ note });
  hideRows();
  const table = (chosen) => rowsOf(head, (cells) => looksLikeRow(cells, chosen));
  showColumns(head, { rowsOf: table, places, onChange: hideRows });
  const separated = SEPARATOR_NAMES[head.separator] ?? `“${head.separator}”`;
  const rows = `${count(chosenColumns().rows.length, "row")}, separated by ${separated}`;
  fill(section, { name, rows });
  show(section, "chosen");
  byId("columns").hidden = false;
  byId("check").onclick = () => {
    keepColumns();
    return checkRows({ head, ...chosenColumns(), who, left: { name, text, places: chosenColumns().places } });
  };
  byId("columns-title").focus();
  return true;
}

function askEncoding(bytes, name, who) {
  say({});
  const choices = examples(bytes).map(({ encoding, ...words }) => {
    const element = stamp("encoding", words);
    element.querySelector("input").value = encoding;
    return element;
  });
  choices[0].querySelector("input").checked = true;
  byId("encodings").replaceChildren(...choices);
  fill(byId("encoding-form"), { file: name });
  byId("encoding-form").onsubmit = (event) => {
    event.preventDefault();
    read(bytes, name, who, byId("encoding-form").elements.encoding.value);
  };
  show(section, "asking");
  byId("encoding-form").querySelector(":checked").focus();
}

/** Show the reason why a file cannot be used, and wait for another one. */
function refuse(fault) {
  chooseAgain();
  say({ fault });
}

function say({ fault = "", note = "" }) {
  byId("file-fault").textContent = fault;
  byId("file-fault").hidden = !fault;
  byId("file-note").textContent = note;
  byId("file-note").hidden = !note;
}

function chooseAgain() {
  say({});
  byId("file").value = "";
  byId("columns").hidden = true;
  hideRows();
  show(section, "choosing");
  byId("file").focus();
}

/** Go on with an import that had begun when the page was left or the session ended. */
export async function resume(who) {
  const left = leftImport(who).load();
  if (!left) return undefined; // a file was chosen while this module was loaded
  const { name, text, places } = left;
  const done = "What was imported already is unchanged now.";
  if (!text)
    return say({ note: `The import of ${name} is not finished. Choose that file again to go on. ${done}` });
  const note = `The import of ${name} is not finished. ${done} Import the rest, or choose another file.`;
  if (openText(text, { name, who, places, note })) await byId("check").onclick();
}

for (const button of section.querySelectorAll("[data-again]")) button.onclick = chooseAgain;
