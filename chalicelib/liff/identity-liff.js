/**
 * The LINE user of the LIFF app (https://developers.line.biz/en/reference/liff/).
 *
 * `liff.init()` reads and rewrites the page's address (`liff.state`, the login's answer), so it
 * has to be over before anybody else looks at it.
 */
import { recall, remember } from "./storage.js";

const SDK_URL = "https://static.line-scdn.net/liff/edge/2/sdk.js";
const SDK_PATIENCE_MS = 10_000;
const RENEWAL_PAUSE_MS = 60_000;

/** Where LINE's login shall return to: a redirect URI has no fragment (RFC 6749 3.1.2). */
const here = () => location.origin + location.pathname + location.search;

export async function liffIdentity(liffId) {
  await within(SDK_PATIENCE_MS, loadSdk());
  const { liff } = window;
  await within(SDK_PATIENCE_MS, liff.init({ liffId }));
  const isSignedIn = liff.isLoggedIn();
  const claims = isSignedIn ? liff.getDecodedIDToken() : null;
  if (claims && claims.exp * 1000 <= Date.now()) await renew(liff);
  return {
    user: claims && { name: claims.name ?? "" },
    canSignIn: !isSignedIn,
    idToken: ({ renew: mustRenew }) =>
      isSignedIn ? (mustRenew ? renew(liff) : liff.getIDToken()) : null,
    signIn: () => liff.login({ redirectUri: here() }),
    signOut: liff.isInClient()
      ? null
      : () => {
          liff.logout();
          location.reload();
        },
    language: liff.getAppLanguage?.() ?? liff.getLanguage?.() ?? null,
    closeWindow: liff.isInClient() ? () => liff.closeWindow() : null,
  };
}

/**
 * A new ID token is only had by signing in again, which leaves the page; what was being ordered is
 * in storage and goes on afterwards. Resolves only (to null) where that has just been tried.
 */
async function renew(liff) {
  if (recall("renewed", RENEWAL_PAUSE_MS)) return null;
  remember("renewed", true);
  liff.logout();
  // LINE's own browser signs in by itself in `init`, and refuses `login`.
  if (liff.isInClient()) location.reload();
  else liff.login({ redirectUri: here() });
  return new Promise(() => {});
}

function loadSdk() {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SDK_URL;
    script.onload = resolve;
    script.onerror = () => reject(new Error("LINE's SDK could not be loaded"));
    document.head.append(script);
  });
}

function within(milliseconds, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("LINE does not answer")), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
