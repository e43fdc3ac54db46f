// The import of products from a CSV file. What happens with a file is loaded when there is one.
import { leftImport } from "../catalog/products.js";
import { byId } from "../lib/dom.js";
import { loadModule } from "../shell/connection.js";
import { start } from "../shell/shell.js";

const desk = () => loadModule(() => import("../import/desk.js"));

function wireDrop(open) {
  const area = byId("choose");
  const isFile = ({ dataTransfer }) => dataTransfer.types.includes("Files");
  const mark = (isOver) => byId("drop").toggleAttribute("data-over", isOver);
  area.addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    mark(true);
  });
  area.addEventListener("dragleave", () => mark(false));
  area.addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    mark(false);
    open(event.dataTransfer.files[0]);
  });
}

start(async (who) => {
  const open = async (file) => file && (await desk()).openFile(file, who);
  byId("file").onchange = () => open(byId("file").files[0]);
  wireDrop(open);
  byId("paste-form").onsubmit = async (event) => {
    event.preventDefault();
    (await desk()).openText(byId("paste-text").value, { name: "Pasted rows", who });
  };
  const [early] = byId("file").files; // chosen before this script ran
  if (early) open(early);
  else if (leftImport(who).load()) (await desk()).resume(who);
});
