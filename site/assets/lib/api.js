// Calls of the order API: the token goes along, an expired one is renewed once, errors have one shape.
import { SignedOut, token } from "./session.js";

/** An answer that says no, in the API's one error shape; `current` is the order as it stands, with a 412. */
export class Refused extends Error {
  constructor(status, answer) {
    super(answer?.error?.message ?? `The server answered ${status}.`);
    Object.assign(this, {
      status,
      code: answer?.error?.code,
      fields: answer?.error?.fields ?? [],
      current: answer?.order,
    });
  }
}

/** No answer at all: it is not known whether the call arrived. */
export class Unreachable extends Error {}

/**
 * Calls the API. The window hears "unreachable", or "reached" with the moment at which the call was begun, so that the
 * page can say how the connection is.
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

function send(method, path, { body, version, signal }, idToken) {
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

async function reach(attempt) {
  try {
    return await attempt;
  } catch (error) {
    if (!(error instanceof TypeError || error.name === "TimeoutError")) throw error;
    dispatchEvent(new Event("unreachable"));
    throw new Unreachable("The server cannot be reached. Check the connection.");
  }
}

const LETTER = "[\\p{L}\\p{N}]";
const SEARCHABLE = { 1: new RegExp(LETTER, "u"), 2: new RegExp(`${LETTER}\\S*${LETTER}`, "u") };
const SHORTER = { 1: "Type a letter or a digit.", 2: "Type at least two letters or digits of one word." };

/** What to type instead of a text that the API would not search for (lambdas/shop/search.py), else an empty text. */
export function unsearchable(text, letters = 2) {
  if (text && !SEARCHABLE[letters].test(text.normalize("NFKD"))) return SHORTER[letters];
  return [...text].length > 100 ? "Type 100 characters at most." : "";
}
