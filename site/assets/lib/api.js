// @ts-check
// Calls of the order API. Each call sends the ID token and renews an expired one once. All errors have one shape.
import { SignedOut, settingOr } from "./cognito.js";
import { token } from "./session.js";

const base = settingOr("api-url", "/api");
const STORED = ["order", "draft", "customer", "product", "deadLetter", "cart", "addresses", "lists"];

/**
 * With `keepalive`, a call goes on after its page was left. Its body then has at most 64 KB.
 * @typedef {{body?: unknown, version?: number, signal?: AbortSignal, keepalive?: boolean}} Options
 */

/** The error of a call that the API refused. After a 412, `current` is what is stored: an order, a draft, a cart and so on. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {any} answer the response's body, or null
   */
  constructor(status, answer) {
    super(answer?.error?.message ?? `The server answered ${status}.`);
    this.status = status;
    this.code = answer?.error?.code;
    /** @type {import("./form-errors.js").FieldError[]} */
    this.fields = answer?.error?.fields ?? [];
    this.current = answer?.[STORED.find((name) => answer?.[name]) ?? ""];
  }
}

/** The error of a call without a response. The API may have received the call. */
export class Unreachable extends Error {}

/**
 * Call the API. A response dispatches the event "reached" on the window, with the time at which the call began. A failure
 * to connect dispatches the event "unreachable". The page shows the state of the connection from these events.
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>} the response's body, or null without a body
 */
export async function call(method, path, options = {}) {
  const startedAt = performance.now();
  const idToken = await reach(token());
  let response = await reach(send(method, path, options, idToken));
  dispatchEvent(new CustomEvent("reached", { detail: startedAt }));
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
function send(method, path, { body, version, signal, keepalive }, idToken) {
  /** @type {Record<string, string>} */
  const headers = { Authorization: idToken };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  return fetch(base + path, {
    method,
    headers,
    cache: "no-store",
    keepalive,
    signal: withTimeout(signal),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/**
 * Return a signal that aborts with another signal, or after 30 s. Safari has AbortSignal.any only since version 17.4.
 * @param {AbortSignal} [signal]
 */
function withTimeout(signal) {
  const timeout = AbortSignal.timeout(30_000); // longer than the gateway's own timeout of 29 s
  if (!signal) return timeout;
  const either = new AbortController();
  for (const one of [signal, timeout]) {
    if (one.aborted) either.abort(one.reason);
    one.addEventListener("abort", () => either.abort(one.reason), { signal: either.signal });
  }
  return either.signal;
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
 * Return a hint if the API cannot search for a text (the rule is in lambdas/shop/search.py), else an empty text.
 * @param {string} text
 * @param {1 | 2} [letters] how many letters or digits one word needs
 */
export function unsearchable(text, letters = 2) {
  if (text && !SEARCHABLE[letters].test(text.normalize("NFKD"))) return SHORTER[letters];
  return [...text].length > 100 ? "Type 100 characters at most." : "";
}
