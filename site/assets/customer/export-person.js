// The export of everything that is kept of a person, for that person: a file of JSON and a table of the order lines.
import { call } from "../lib/api.js";
import { dateOf } from "../lib/days.js";
import { announce, byId, fill } from "../lib/dom.js";
import { namesOf, rowsOf } from "../list/columns.js";
import { chosenFormat, FORMATS, usualFormat } from "../list/file-format.js";
import { sessionEnded } from "../shell/shell.js";
import { readPerson } from "./person-steps.js";
import { readOf, refusalOf } from "./person-words.js";

const section = byId("personal-data");
const button = byId("export-person");
let links = [];

/** Read everything of the person with this address, and save it as two files. Links to them stay on the page. */
export async function exportPerson(email) {
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  say("Reading …");
  showFiles([]);
  try {
    const whole = await readPerson({ email, call, onPage: (read) => say(`${readOf(read)} read …`) });
    save(whole);
  } catch (error) {
    say("");
    if (!sessionEnded(error)) fill(section, { "person-problem": refusalOf(error) });
  }
  button.ariaBusy = null;
}

function say(text, problem = "") {
  fill(section, { "person-read": text, "person-problem": problem });
}

/** Save both files. Their names do not name the person. */
function save(whole) {
  const name = `customer-data-${dateOf(new Date())}`;
  const json = new Blob([`${JSON.stringify(whole, null, 2)}\n`], { type: "application/json" });
  showFiles([fileLink(json, `${name}.json`), fileLink(linesFile(whole.orders), `${name}.csv`)]);
  say(`${readOf(whole)} saved:`);
  announce(`${readOf(whole)} saved as two files.`);
  for (const link of links) link.click();
}

/** Return the table of the order lines, in the form in which this browser's exports are. */
function linesFile(orders) {
  const chosen = chosenFormat();
  const { line, file } = FORMATS[chosen === "xlsx" ? usualFormat(navigator.language) : chosen];
  const rows = orders.flatMap((order) => rowsOf("person", order));
  return file(namesOf("person"), rows.map(line));
}

function showFiles(files) {
  for (const { href } of links) URL.revokeObjectURL(href);
  links = files;
  fill(section, { "person-files": links.flatMap((link) => [" ", link]) });
}

function fileLink(file, name) {
  const link = Object.assign(document.createElement("a"), { download: name, textContent: name });
  link.href = URL.createObjectURL(file);
  return link;
}
