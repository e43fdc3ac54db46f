// @ts-check
// Calls that may be made twice, until there is an answer.
import { Unreachable } from "../../../assets/lib/api.js";

const [TOO_MANY, SERVER_ERROR] = [429, 500];

/**
 * Call until there is an answer. `wait` waits before the call is made again.
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {(tries: number) => Promise<void>} wait
 * @returns {Promise<T>}
 */
export async function untilAnswered(attempt, wait) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLost(error)) throw error;
      await wait(tries);
    }
  }
}

/** @type {(error: any) => boolean} Whether the shop may have got the call, or may get it if it is made again. */
export const isLost = (error) =>
  error instanceof Unreachable || error.status >= SERVER_ERROR || error.status === TOO_MANY;

/** @type {(error: any) => boolean} */
export const isRefusal = ({ status }) => status >= 400 && status < SERVER_ERROR && status !== TOO_MANY;
