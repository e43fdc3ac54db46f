// @ts-check
// Pauses inside the work of a page. A phone that works for more than 50 ms at a time answers presses late.

/**
 * Resolve in a task of its own. Before that, the browser may answer a press and show what the page has done so far. Where a
 * browser has no scheduler.yield, other tasks that wait already come first.
 * @returns {Promise<void>}
 */
export const breath = () =>
  globalThis.scheduler?.yield?.() ?? new Promise((resolve) => void setTimeout(resolve));
