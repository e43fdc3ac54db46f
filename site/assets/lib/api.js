// @ts-check
// Calls of the order API: each sends the token, an expired token is renewed once, and errors have one shape.
import { SignedOut } from "./cognito.js";
import { token } from "./session.js";

/** @typedef {{body?: unknown, version?: number, signal?: AbortSignal}} Options */

/** A refused call, in the API's one error shape. After a 412, `current` is the stored order. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {any} answer the body, or null
   */
  constructor(status, answer) {
    super(answer?.error?.message ?? `The server answered ${status}.`);
    this.status = status;
    this.code = answer?.error?.code;
    /** @type {import("./form-errors.js").FieldError[]} */
    this.fields = answer?.error?.fields ?? [];
    this.current = answer?.order;
  }
}

/** A call without a response. The call may have arrived. */
export class Unreachable extends Error {}

/**
 * Call the API. The window gets the event "unreachable", or "reached" with the time at which the call began, so that the
 * page can show the state of the connection.
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>} the body, or null without one
 */
export async function call(method, path, options = {}) {
  const begun = performance.now();
  const idToken = await reach(token());
  let response = await reach(send(method, path, options, idToken));
  dispatchEvent(new CustomEvent("reached", { detail: begun }));
  if (response.status === 401)
    response = await reach(send(method, path, options, await reach(token({ fresh: true }))));
  if (response.status === 401) throw new SignedOut("Your session has ended.");
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} options
 * @param {string} idToken
 */
function send(method, path, { body, version, signal }, idToken) {
  /** @type {Record<string, string>} */
  const headers = { Authorization: idToken };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const patience = AbortSignal.timeout(30_000); // the gateway itself gives up after 29 s
  return fetch(`/api${path}`, {
    method,
    headers,
    cache: "no-store",
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/**
 * @template T
 * @param {Promise<T>} attempt
 */
async function reach(attempt) {
  try {
    return await attempt;
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    if (!(error instanceof TypeError || timedOut)) throw error;
    dispatchEvent(new Event("unreachable"));
    throw new Unreachable("The server cannot be reached. Check the connection.");
  }
}

const LETTER = "[\\p{L}\\p{N}]";
/** @type {Record<number, RegExp>} */
const SEARCHABLE = { 1: new RegExp(LETTER, "u"), 2: new RegExp(`${LETTER}\\S*${LETTER}`, "u") };
/** @type {Record<number, string>} */
const SHORTER = { 1: "Type a letter or a digit.", 2: "Type at least two letters or digits of one word." };

/**
 * Return a hint for a text that the API would not search for (lambdas/shop/search.py), else an empty text.
 * @param {string} text
 * @param {1 | 2} [letters] how many letters or digits one word needs
 */
export function unsearchable(text, letters = 2) {
  if (text && !SEARCHABLE[letters].test(text.normalize("NFKD"))) return SHORTER[letters];
  return [...text].length > 100 ? "Type 100 characters at most." : "";
}
