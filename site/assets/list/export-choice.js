// The choice of the format of exported files, and of their content on a page with orders. This browser keeps both.
import { announce, byId } from "../lib/dom.js";
import { chosenFormat, keepFormat } from "./file-format.js";

const CONTENT_KEY = "order-desk:export-content";
const CONTENTS = ["orders", "lines"];

/** Return of what exported files have a row each: "orders" or "lines". */
export function chosenContent() {
  const kept = localStorage.getItem(CONTENT_KEY);
  return CONTENTS.includes(kept) ? kept : CONTENTS[0];
}

/** Ask for the format of exported files and, if the form has it, for their content. */
export function ask() {
  const { elements } = byId("export-format-form");
  elements.format.value = chosenFormat();
  if (elements.content) elements.content.value = chosenContent();
  byId("export-format-form").onsubmit = () => {
    keepFormat(elements.format.value);
    if (elements.content) localStorage.setItem(CONTENT_KEY, elements.content.value);
    announce("The format is kept for the next exports.");
  };
  byId("export-format-cancel").onclick = () => byId("export-format-dialog").close();
  byId("export-format-dialog").showModal();
}
