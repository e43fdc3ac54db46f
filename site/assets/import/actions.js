// The buttons for checked or imported rows: import them, try some again, and save the refused ones.
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { download } from "../lib/download.js";
import { count } from "../lib/format.js";
import { refusedFile, refusedName } from "./refused.js";
import { withLargeChanges } from "./verdicts.js";

/** Show the buttons for a job that is not running. `write(rows)` imports rows, and `retry(rows)` sends the failed ones again. */
export function showActions(job, { write, retry }) {
  const of = (...outcomes) => job.rows.filter(({ outcome }) => outcomes.includes(outcome));
  const [open, failed, refused] = [job.isWriting ? [] : of("added", "changed"), of("failed"), of("refused")];
  button("write", failed.length ? 0 : open.length, `Import ${count(open.length, "product")}`, async () => {
    if (await isSure(job, open)) write(open);
  });
  button("retry", failed.length, `Try ${count(failed.length, "row")} again`, () => retry(failed));
  button("download", refused.length, "Download the refused rows", () => saveRefused(job, refused));
  const large = withLargeChanges(open);
  byId("large-note").hidden = !large.length;
  byId("large-note").textContent =
    `${largeInWords(large)}. Look at ${large.length === 1 ? "it" : "them"} before you import.`;
}

function button(id, number, text, act) {
  byId(id).hidden = !number;
  byId(id).textContent = text;
  byId(id).onclick = act;
}

const largeInWords = (large) => `${count(large.length, "price")} would rise or fall by more than half`;

/** Ask about prices that change by much. */
async function isSure({ rows }, open) {
  const large = withLargeChanges(rows);
  if (!large.length) return true;
  fill(byId("import-dialog"), {
    title: `Import ${count(open.length, "product")}?`,
    large: `${largeInWords(large)}. A decimal mark in the wrong place looks like that.`,
    go: `Import ${count(open.length, "product")}`,
  });
  return (await ask(byId("import-dialog"))) === "import";
}

function saveRefused({ head, form, left }, refused) {
  const text = refusedFile(refused, head, form.places);
  download(new Blob([text], { type: "text/csv;charset=utf-8" }), refusedName(left.name));
}
