// @ts-check
// The place in a list to which a person comes back: the pages before the one on screen, and the row that was opened.
import { followedLink } from "./links.js";

const shownAddress = () => location.pathname + location.search;

/** @typedef {ReturnType<typeof import("./draft.js").draft>} Drafts */

/**
 * The place in a list whose rows have one link each. `drafts` keeps it, `rows` is the element with the rows, and `pageOf(id)` is
 * the address of the page that a row leads to. That page saves `{...list, back: id}` before a link leads back to the list.
 */
export class PlaceInList {
  /** @param {{drafts: Drafts, rows: HTMLElement, pageOf: (id: string) => string}} list */
  constructor({ drafts, rows, pageOf }) {
    this.drafts = drafts;
    this.rows = rows;
    this.pageOf = pageOf;
    rows.addEventListener("click", (event) => this.#noteOpened(event));
    this.#recall();
  }

  /**
   * Keep the list as the person leaves it, if a followed link leads to one of its rows.
   * @param {MouseEvent} event
   */
  #noteOpened(event) {
    const link = followedLink(event);
    if (!link) return;
    this.drafts.save({ address: shownAddress(), trail: history.state?.trail });
    history.replaceState({ ...history.state, opened: link.search }, "");
  }

  /** After a link back to this list, restore the pages before this one and the opened row in the history. */
  #recall() {
    const { back, ...list } = this.drafts.load() ?? {};
    if (!back || list.address !== shownAddress()) return;
    this.drafts.save(list);
    const { search } = new URL(this.pageOf(back), location.origin);
    history.replaceState({ trail: list.trail, opened: search }, "");
  }

  /** Put the focus on the row from which the person returns. */
  focusOpened() {
    const { opened, ...state } = history.state ?? {};
    if (!opened) return;
    history.replaceState(state, "");
    [...this.rows.querySelectorAll("a")].find(({ search }) => search === opened)?.focus();
  }
}

/**
 * Let a link lead back to the list as the person left it, to the row of `id()`.
 * @type {(link: HTMLAnchorElement, drafts: Drafts, id: () => string) => void}
 */
export function linkBack(link, drafts, id) {
  const list = drafts.load();
  if (!list) return;
  link.href = list.address;
  link.onclick = (event) => {
    if (followedLink(event)) drafts.save({ ...list, back: id() });
  };
}
