// The connection: a banner while it is lost, an event when it is back, and modules that wait for it.
import { announce, byId } from "../lib/dom.js";

const OFFLINE =
  "You are offline. What you have typed is kept; this page goes on when you are connected again.";
const AWAY =
  "The server does not answer. What you have typed is kept; this page looks for it every few seconds.";
const RETRY_MS = 4_000;
let retry;
let lostAt = 0;

function connectionLost() {
  lostAt = performance.now();
  const text = navigator.onLine ? AWAY : OFFLINE;
  if (byId("connection").textContent !== text) byId("connection").textContent = text;
  clearTimeout(retry);
  retry = setTimeout(tryToConnect, RETRY_MS);
}

const tryToConnect = () =>
  fetch(location.pathname, { method: "HEAD", cache: "no-store" }).then(connectionFound, connectionLost);

function connectionFound() {
  clearTimeout(retry);
  if (!byId("connection").textContent) return;
  byId("connection").textContent = "";
  announce("You are connected again.");
  dispatchEvent(new Event("connected")); // for pages that have something to do again
}

/**
 * Imports a module when it is first needed. Without a connection it waits until the connection is back. Some browsers
 * never ask again for a module that failed to load, and a deployment may have removed it: then the page is reloaded,
 * and its drafts are kept.
 */
export async function needed(load) {
  try {
    return await load();
  } catch {
    connectionLost();
    await new Promise((resolve) => addEventListener("connected", resolve, { once: true }));
    return load().catch(reload);
  }
}

/** Reloads the page. The promise never resolves, so that nothing runs meanwhile. */
function reload() {
  location.reload();
  return new Promise(() => {});
}

addEventListener("offline", connectionLost);
addEventListener("unreachable", connectionLost);
addEventListener("online", tryToConnect);
// A call that began before the connection was lost proves nothing.
addEventListener("reached", ({ detail: begun }) => begun > lostAt && connectionFound());
