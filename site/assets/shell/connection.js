// The connection: a banner while it is lost, the event "connected" when it is back, and imports that wait for it.
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
  dispatchEvent(new Event("connected")); // pages repeat what failed
}

/**
 * Import a module when it is first needed. If that fails, wait until there is a connection and import the module again. If
 * that fails too, reload the page, which keeps its drafts: some browsers never request a failed module again, and a
 * deployment may have removed the module.
 */
export async function loadModule(load) {
  try {
    return await load();
  } catch {
    connectionLost();
    await new Promise((resolve) => addEventListener("connected", resolve, { once: true }));
    return load().catch(reload);
  }
}

/** Reload the page. The promise never resolves, so that nothing runs meanwhile. */
function reload() {
  location.reload();
  return new Promise(() => {});
}

addEventListener("offline", connectionLost);
addEventListener("unreachable", connectionLost);
addEventListener("online", tryToConnect);
// A call that began before the connection was lost does not prove that the connection is back.
addEventListener("reached", ({ detail: startedAt }) => startedAt > lostAt && connectionFound());
