// The export and the erasure of a person, page by page and step by step. They need no page of the site.

const MAX_IDLE = 24; // steps without progress, after which something else has to happen first
const PAUSE_MS = 1_500; // before the next step if the last one found nothing to do
const COUNTS = ["anonymised", "erased", "deadLetters", "parkedOrders", "accounts"];
const pathOf = (email, name) => `/customers/${encodeURIComponent(email)}/${name}`;

/**
 * Read everything that is kept of a person by the function `call` of lib/api.js. Resolve to {about, customer, accounts, orders,
 * mails, deadLetters, parkedOrders}. `onPage(whole)` is called after each page with what was read so far.
 */
export async function readPerson({ email, call, onPage = () => {}, signal }) {
  const lists = { orders: [], mails: [], deadLetters: [], parkedOrders: [] };
  const whole = { about: "", customer: undefined, accounts: undefined, ...lists }; // in the sequence in which a person reads it
  let cursor = "";
  while (cursor !== null) {
    const query = cursor ? `?${new URLSearchParams({ cursor })}` : "";
    const page = await call("GET", pathOf(email, "export") + query, { signal });
    whole.about ||= page.about;
    whole.customer ??= page.customer;
    whole.accounts ??= page.accounts;
    for (const name of Object.keys(lists)) lists[name].push(...page[name]);
    cursor = page.nextCursor;
    onPage(whole);
  }
  return whole;
}

/** An erasure. `done` has the numbers of what is erased, and a later run goes on where one ended. */
export class Erasure {
  done = emptyCounts();

  constructor({ email, call, onStep = () => {}, wait = waitFor }) {
    Object.assign(this, { email, call, onStep, wait });
  }

  /**
   * Resolve to the numbers of what would be erased, with the number and the first of the orders that did not arrive. Rejected
   * with status 409 while the shop owes goods.
   */
  async preview() {
    const sums = { ...emptyCounts(), openLetters: 0, firstOpenLetters: [] };
    let cursor = null;
    do {
      const step = await this.#call({ dryRun: true }, cursor);
      add(sums, step);
      sums.openLetters += step.openLetters;
      sums.firstOpenLetters.push(...step.firstOpenLetters);
      cursor = step.nextCursor;
    } while (cursor !== null);
    return sums;
  }

  /**
   * Erase, also the orders that did not arrive if `discards`. Resolve to whether nothing is left: something else may have to
   * happen before the rest can go.
   */
  async run(reason, discards) {
    const asked = discards ? { reason, discardDeadLetters: true } : { reason };
    let [cursor, idle] = [null, 0];
    while (idle < MAX_IDLE) {
      const step = await this.#call(asked, cursor);
      add(this.done, step);
      this.onStep(this);
      if (!step.left) return true;
      cursor = step.nextCursor;
      const isIdle = cursor === null && !COUNTS.some((name) => step[name]);
      if (isIdle) await this.wait(PAUSE_MS);
      idle = isIdle ? idle + 1 : 0;
    }
    return false;
  }

  #call(asked, cursor) {
    const body = cursor === null ? asked : { ...asked, cursor };
    return this.call("POST", pathOf(this.email, "erasure"), { body });
  }
}

/** Return how many things the numbers are in all. */
export const sumOf = (counts) => COUNTS.reduce((sum, name) => sum + counts[name], 0);

function emptyCounts() {
  return Object.fromEntries(COUNTS.map((name) => [name, 0]));
}

function add(sums, step) {
  for (const name of COUNTS) sums[name] += step[name];
}

function waitFor(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
