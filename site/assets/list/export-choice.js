// The choice of the format of exported files, and of their content on a page with orders. This browser keeps both.
import { announce, byId } from "../lib/dom.js";
import { choice } from "../lib/settings.js";
import { chosenFormat, keepFormat } from "./file-format.js";

const content = choice("export-content", ["orders", "lines"], () => "orders");

/** Return of what exported files have a row each: "orders" or "lines". */
export const chosenContent = content.get;

/** Ask for the format of exported files and, if the form has it, for their content. */
export function ask() {
  const { elements } = byId("export-format-form");
  elements.format.value = chosenFormat();
  if (elements.content) elements.content.value = chosenContent();
  byId("export-format-form").onsubmit = () => {
    keepFormat(elements.format.value);
    if (elements.content) content.set(elements.content.value);
    announce("The format is kept for the next exports.");
  };
  byId("export-format-cancel").onclick = () => byId("export-format-dialog").close();
  byId("export-format-dialog").showModal();
}
