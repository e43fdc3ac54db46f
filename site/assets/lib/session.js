// @ts-check
// Sign-in by Cognito's hosted pages: authorization code with PKCE S256 (RFC 7636).
// Tokens are kept in this tab's sessionStorage only, and the verifier is used once.
import {
  SignedOut,
  callCognito,
  challengeOf,
  claims,
  clientID,
  leaveFor,
  random,
  requestTokens,
  setting,
  settingOr,
} from "./cognito.js";

const site = setting("site-url");
const callback = `${site}/callback.html`;
const [SESSION, ATTEMPT] = ["order-desk:session", "order-desk:sign-in"];

/** @typedef {{id_token: string, access_token: string, refresh_token?: string}} Tokens */
/** @typedef {{sub: string, email: string, name?: string, groups: string[], isAdmin: boolean, since: number}} Person */

/** @type {(key: string) => any} */
const read = (key) => JSON.parse(sessionStorage.getItem(key) ?? "null");
/** @type {(key: string, value: unknown) => void} */
const write = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));

/** Leave for the hosted sign-in page. After the sign-in the person returns to `returnTo`. The promise never resolves. */
export async function signIn(returnTo = location.pathname + location.search + location.hash) {
  if (location.origin !== site) return location.replace(site + returnTo); // Cognito accepts only this address
  const [state, nonce, verifier] = [random(), random(), random()];
  write(ATTEMPT, { state, nonce, verifier, returnTo });
  const scope = settingOr("scope", "openid email aws.cognito.signin.user.admin");
  const request = { response_type: "code", scope, redirect_uri: callback };
  const proof = { code_challenge: await challengeOf(verifier), code_challenge_method: "S256" };
  return new Promise(() => leaveFor("/oauth2/authorize", { ...request, ...proof, state, nonce }));
}

/** Exchange the code in the callback page's address for tokens. Resolve to the address where the sign-in began. */
export async function finishSignIn(answer = new URLSearchParams(location.search)) {
  const attempt = read(ATTEMPT);
  sessionStorage.removeItem(ATTEMPT);
  const { state, code, error_description: problem } = Object.fromEntries(answer);
  if (!state || state !== attempt?.state)
    throw new Error("This sign-in was already used, or started in another tab.");
  if (!code) throw new Error(problem ?? "The sign-in page sent no code.");
  const grant = { grant_type: "authorization_code", code, code_verifier: attempt.verifier };
  const tokens = await requestTokens({ ...grant, redirect_uri: callback });
  if (claims(tokens.id_token).nonce !== attempt.nonce)
    throw new Error("The sign-in page answered another request.");
  saveTokens(tokens, { since: Date.now() });
  return attempt.returnTo;
}

/** @type {(tokens: Tokens, before: {since: number, refreshToken?: string}) => string} */
function saveTokens({ id_token: idToken, access_token: accessToken, refresh_token: renewed }, before) {
  const { exp, iat } = claims(idToken);
  const expiresAt = Date.now() + (exp - iat) * 1000; // a time of this computer's clock, which may differ from Cognito's
  const refreshToken = renewed ?? before.refreshToken;
  write(SESSION, { ...before, idToken, accessToken, refreshToken, expiresAt });
  return idToken;
}

/** @type {Promise<string> | null} */
let refreshing = null;

/** Resolve to the ID token for the API, renewed if it is about to expire. Throw SignedOut if there is no session. */
export async function token({ fresh = false } = {}) {
  const session = read(SESSION);
  if (!session) throw new SignedOut("You are not signed in.");
  if (!fresh && Date.now() < session.expiresAt - 60_000) return session.idToken;
  refreshing ??= requestTokens({ grant_type: "refresh_token", refresh_token: session.refreshToken })
    .then((tokens) => {
      if (read(SESSION)?.refreshToken !== session.refreshToken) throw new SignedOut("You have signed out.");
      return saveTokens(tokens, session);
    })
    .finally(() => (refreshing = null));
  return refreshing;
}

/** Resolve to the access token, which calls of Cognito about the person's own account need. */
export const accessToken = async () => (await token()) && read(SESSION).accessToken;

/**
 * Return the person who is signed in in this tab, with the time of the sign-in (ms since 1970), or null.
 * @type {() => Person | null}
 */
export function person() {
  const session = read(SESSION);
  if (!session) return null;
  const { sub, email, name, "cognito:groups": groups = [] } = claims(session.idToken);
  return { sub, email, name, groups, isAdmin: groups.includes("admin"), since: session.since };
}

/**
 * Whether a person has access, because the account is in one of the groups.
 * @param {Person | null} who
 */
export const hasAccess = (who) => ["staff", "admin"].some((group) => who?.groups.includes(group));

/** Remove the tokens and keep the drafts. Resolve when the refresh token is revoked or Cognito cannot be reached. */
export async function forget() {
  const { refreshToken } = read(SESSION) ?? {};
  sessionStorage.removeItem(SESSION);
  if (!refreshToken) return;
  const options = { keepalive: true, signal: AbortSignal.timeout(3_000) };
  await callCognito("RevokeToken", { ClientId: clientID, Token: refreshToken }, options).catch(() => {}); // the sign-out continues
}

/** Revoke the refresh token, remove everything that this tab keeps, including drafts, and end the hosted session too. */
export async function signOut() {
  document.body.inert = true; // a link followed now would leave the hosted session open
  const revoked = forget();
  sessionStorage.clear();
  await revoked;
  leaveFor("/logout", { logout_uri: `${site}/signed-out.html` });
}
