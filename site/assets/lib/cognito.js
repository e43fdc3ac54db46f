// @ts-check
// Cognito's hosted pages, token endpoint and public API, at the addresses that the page's <meta> elements name.

/** The session has ended, or nobody is signed in. */
export class SignedOut extends Error {}

/**
 * Return a setting of the site: client-id, sign-in-base-url, cognito-api-url, site-url or currency.
 * @type {(name: string) => string}
 */
export const setting = (name) =>
  /** @type {HTMLMetaElement} */ (document.querySelector(`meta[name="order-desk:${name}"]`)).content;
/**
 * Return a setting that not every site has, or what is usual without it.
 * @type {(name: string, usual: string) => string}
 */
export const settingOr = (name, usual) =>
  /** @type {HTMLMetaElement | null} */ (document.querySelector(`meta[name="order-desk:${name}"]`))
    ?.content || usual;
export const clientID = setting("client-id");

const hosted = setting("sign-in-base-url");
/** @type {(fields: Record<string, string>) => URLSearchParams} */
const ofClient = (fields) => new URLSearchParams({ client_id: clientID, ...fields });

/**
 * Leave this page for one of Cognito's hosted pages.
 * @type {(path: string, query: Record<string, string>) => void}
 */
export const leaveFor = (path, query) => location.replace(`${hosted}${path}?${ofClient(query)}`);

/**
 * Exchange a grant, such as an authorization code, for tokens. Throw SignedOut if Cognito refuses the grant, TypeError if
 * Cognito does not answer.
 * @param {Record<string, string>} grant
 */
export async function requestTokens(grant) {
  const sent = { method: "POST", body: ofClient(grant), signal: AbortSignal.timeout(15_000) };
  const response = await fetch(`${hosted}/oauth2/token`, sent);
  if (response.status === 429 || response.status >= 500)
    throw new TypeError("The sign-in service does not answer.");
  if (!response.ok) throw new SignedOut("The sign-in was refused or has expired.");
  return response.json();
}

/**
 * Call Cognito's public API. The promise rejects if no response comes within 15 s. `options` may have another signal.
 * @type {(operation: string, request: object, options?: RequestInit) => Promise<Response>}
 */
export function callCognito(operation, request, options) {
  return fetch(setting("cognito-api-url"), {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(15_000),
    ...options,
  });
}

/** @type {(bytes: ArrayBuffer | Uint8Array) => string} */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
/** Return 32 random bytes as text. */
export const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/**
 * Return the claims of an ID token. The signature is not checked here, because the API checks it at each call.
 * @type {(idToken: string) => any}
 */
export function claims(idToken) {
  const bytes = atob(idToken.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0))));
}

/**
 * Return the PKCE challenge of a verifier (RFC 7636, S256).
 * @param {string} verifier
 */
export async function challengeOf(verifier) {
  return base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
}
