// The pasted rows that are not on the order yet. They are kept with the draft, and prevent sending the order.
import { byId } from "../lib/dom.js";
import { loadModule } from "../shell/connection.js";
import { offerUndo } from "./undo.js";

/** The rows as they were pasted. `onChange` is called after each change, `onClose` when the person goes back to the form. */
export class LeftRows {
  text = "";

  constructor({ lines, onChange, onClose }) {
    Object.assign(this, { lines, onChange, onClose });
    byId("paste").onclick = byId("pasted-open").onclick = () => this.open();
    byId("pasted-drop").onclick = () => this.#drop();
  }

  /** Open the dialog for rows of a spreadsheet. It begins with the rows that are left, then `more`. */
  async open(more = "") {
    this.keep(allRows(this.text, more));
    const { pasteLines } = await loadModule(() => import("./paste-lines.js"));
    await pasteLines({ text: this.text, lines: this.lines, onLeft: (left) => this.keep(left) });
    this.onClose();
  }

  keep(text) {
    this.text = text;
    byId("pasted").hidden = !text;
    this.onChange();
  }

  #drop() {
    const dropped = this.text;
    this.keep("");
    this.onClose();
    offerUndo("The pasted rows were discarded.", () => this.keep(allRows(dropped, this.text)));
  }
}

const allRows = (...rows) => rows.filter(Boolean).join("\n");
