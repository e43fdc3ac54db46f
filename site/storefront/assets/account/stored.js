// @ts-check
// Addresses and lists as the account has them, each on a version. Several devices may change them.
import { call } from "../../../assets/lib/api.js";

/** Content of the account, as this page knows it. `kind` is its name in the API. */
export class Stored {
  /**
   * `shown` is called after each change, also after one of another device.
   * @param {"addresses" | "lists"} kind
   * @param {any} row
   * @param {() => void} shown
   */
  constructor(kind, row, shown, send = call) {
    this.kind = kind;
    this.row = row;
    this.shown = shown;
    this.send = send;
  }

  /**
   * Store other content. After a change on another device nothing is stored, the present content is shown, and the error says so.
   * @param {unknown[]} content
   */
  async store(content) {
    const { kind, send, row } = this;
    try {
      this.row = await send("PUT", `/account/${kind}`, { body: { [kind]: content }, version: row.version });
    } catch (error) {
      const { status, current } = /** @type {any} */ (error);
      if (status !== 412) throw error;
      this.row = current;
      this.shown();
      const text = `The ${kind} were changed on another device. They are shown as they are now; try once more.`;
      throw new Error(text, { cause: error });
    }
    this.shown();
  }
}
