// @ts-check
// Calls of the API for many things, a few at the same time.

const CONCURRENCY = 4; // calls at the same time, far below the API's limit

/**
 * Take one item after another out of a queue and act on it, a few at the same time, until the queue is empty. To stop the
 * work, empty the queue. After an error, the other items are still worked off, but the promise is rejected at once.
 * @template T
 * @param {T[]} queue
 * @param {(item: T) => Promise<void>} act
 */
export async function fewAtATime(queue, act) {
  const work = async () => {
    for (let item; (item = queue.shift()) !== undefined;) await act(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}
