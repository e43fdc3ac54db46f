// @ts-check
// The pause after a press. A double or triple click is one press, although the next button may be at the same place by then.

export const PRESS_PAUSE_MS = 1_000;

/** Ignores presses of the buttons in some elements during a change, and until there was no press for PRESS_PAUSE_MS. */
export class Pause {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #ending;
  /** Whether a change is being made. */
  isBusy = false;

  /** @param {HTMLElement[]} areas */
  constructor(...areas) {
    this.areas = areas;
    for (const area of areas) area.addEventListener("click", (event) => this.#ignore(event), true);
  }

  /** Whether presses are ignored. */
  get isOn() {
    return this.isBusy || this.#ending !== undefined;
  }

  /**
   * Ignore presses during a change and after it.
   * @param {() => Promise<void>} change
   */
  async during(change) {
    this.isBusy = true;
    this.#show("true");
    try {
      await change();
    } finally {
      this.isBusy = false;
      this.begin();
    }
  }

  /** Ignore presses until there was none for PRESS_PAUSE_MS. */
  begin() {
    clearTimeout(this.#ending);
    this.#ending = setTimeout(() => this.#end(), PRESS_PAUSE_MS);
    this.#show("true");
  }

  #end() {
    this.#ending = undefined;
    this.#show(null);
  }

  /** @param {Event} event */
  #ignore(event) {
    if (!this.isOn) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    if (!this.isBusy) this.begin();
  }

  /** @param {string | null} paused */
  #show(paused) {
    // A button with `disabled` would lose the focus, and some browsers do not report presses of it.
    for (const area of this.areas)
      for (const button of area.querySelectorAll("button")) button.ariaDisabled = paused;
  }
}
