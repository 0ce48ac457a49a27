/**
 * Who orders. An identity's `kind` is
 *
 *     user      a LINE user, through LIFF or at the local LINE stand-in
 *     guest     nobody has signed in, or the traveller chose to go on as a guest
 *     unknown   LINE did not answer, or not with who it is
 *     expired   LINE's word on who it is has run out, and was not renewed
 *
 * Nobody is made a guest without being asked: `unknown` and `expired` send no order until LINE
 * has answered or the traveller has chosen (`asGuest`).
 *
 * The rest: `idToken({renew})` (what order-client.js asks for), `signIn()` (for `unknown`: ask
 * LINE again; null where nobody can sign in), `signOut()` (or null), `language` (LINE's, or
 * null), `chatUrl` (where the LINE message can be read in a browser, or null) and `closeWindow`
 * (back to the chat, or null).
 */
import { liffId, standinUrl } from "./config.js";
import { liffIdentity } from "./identity-liff.js";
import { standinIdentity } from "./identity-standin.js";

const GUEST = {
  kind: "guest",
  idToken: () => null,
  signIn: null,
  signOut: null,
  language: null,
  chatUrl: null,
  closeWindow: null,
};

/** `onTrouble(error)` hears why a LINE user is unknown. */
export async function identify(onTrouble) {
  if (!liffId && !standinUrl) return GUEST;
  if (!liffId) return standinIdentity(standinUrl, GUEST);
  try {
    return { ...GUEST, ...(await liffIdentity(liffId)) };
  } catch (error) {
    onTrouble(error);
    return { ...GUEST, kind: "unknown", signIn: () => location.reload() };
  }
}

/** The traveller's choice. Signing in stays possible. */
export const asGuest = (identity) => ({
  ...identity,
  kind: "guest",
  idToken: GUEST.idToken,
  signOut: null,
});

/** The server has refused this user's token, and LINE gave no other. */
export const asExpired = (identity) => ({ ...identity, kind: "expired" });
