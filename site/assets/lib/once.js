// @ts-check
// Formats and expressions that are made when they are first needed.
import { breath } from "./breath.js";

/**
 * Return a function that makes something when it is first needed. The first formats of a page take a tenth of a second on a
 * phone, and no script should wait for them before the page has sent its requests.
 * @template Made
 * @param {() => Made} make
 * @returns {() => Made}
 */
export function once(make) {
  /** @type {Made | undefined} */
  let made;
  return () => (made ??= make());
}

/**
 * Make things before they are needed, each in a task of its own. The first format of a page takes 50 ms on a phone, because the
 * browser reads its list of languages.
 * @param {(() => unknown)[]} makes
 */
export async function makeEach(makes) {
  for (const make of makes) {
    make();
    await breath();
  }
}

/**
 * Return a function that returns the format of dates with these options.
 * @param {Intl.DateTimeFormatOptions} options
 */
export const dateFormat = (options) => once(() => new Intl.DateTimeFormat(undefined, options));
