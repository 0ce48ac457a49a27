/**
 * The LINE user of the LIFF app (https://developers.line.biz/en/reference/liff/).
 *
 * `liff.init()` reads and rewrites the page's address (`liff.state`, the login's answer), so it
 * has to be over before anybody else looks at it.
 */
import { recall, remember } from "./storage.js";

const SDK_URL = "https://static.line-scdn.net/liff/edge/2/sdk.js";
const LIFF_URL = "https://liff.line.me/";
const PATIENCE_MS = 10_000;
const RENEWAL_PAUSE_MS = 60_000;

/** Where LINE's login shall return to: a redirect URI has no fragment (RFC 6749 3.1.2). */
const here = () => location.origin + location.pathname + location.search;

/** Rejects if LINE does not answer in time, or with a user but no ID token (scope `openid`). */
export async function liffIdentity(liffId) {
  const liff = await within(PATIENCE_MS, initialised(liffId));
  const isSignedIn = liff.isLoggedIn();
  const claims = isSignedIn ? liff.getDecodedIDToken() : null;
  if (isSignedIn && !claims) throw new Error("LINE gives no ID token: does the LIFF app have openid?");
  const isExpired = claims?.exp * 1000 <= Date.now();
  if (isExpired) await renew(liff, liffId);
  return {
    kind: isExpired ? "expired" : isSignedIn ? "user" : "guest",
    idToken: ({ renew: mustRenew }) => {
      if (!isSignedIn) return null;
      if (mustRenew) return renew(liff, liffId);
      // On the way to LINE's login there is no token, and still they are no guest.
      return liff.getIDToken() ?? new Promise(() => {});
    },
    signIn: isSignedIn
      ? () => signInAgain(liff, liffId)
      : () => liff.login({ redirectUri: here() }),
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

async function initialised(liffId) {
  await loadSdk();
  await window.liff.init({ liffId });
  return window.liff;
}

/**
 * A new ID token is only had by signing in again, which leaves the page; what was being ordered is
 * in storage and goes on afterwards. Resolves only (to null) where that has just been tried.
 */
async function renew(liff, liffId) {
  if (recall("renewed", RENEWAL_PAUSE_MS)) return null;
  remember("renewed", true);
  signInAgain(liff, liffId);
  return new Promise(() => {});
}

/** LINE's own browser refuses `login`: opening the LIFF address signs in there. */
function signInAgain(liff, liffId) {
  liff.logout();
  if (liff.isInClient()) location.replace(LIFF_URL + liffId + location.search);
  else liff.login({ redirectUri: here() });
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
