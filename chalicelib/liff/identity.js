/**
 * Who orders: a LINE user through LIFF, a user of the local LINE stand-in, or a guest.
 *
 * An identity has `user` ({name} or null), `canSignIn`, `idToken({renew})` (what order-client.js
 * asks for), `signIn()`, `signOut()`, `language` (LINE's, or null), `chatUrl` (where the LINE
 * message can be read in a browser, or null) and `closeWindow` (back to the chat, or null).
 */
import { liffId, standinUrl } from "./config.js";
import { liffIdentity } from "./identity-liff.js";
import { standinIdentity } from "./identity-standin.js";

const GUEST = {
  user: null,
  canSignIn: false,
  idToken: () => null,
  signIn: () => {},
  signOut: () => {},
  language: null,
  chatUrl: null,
  closeWindow: null,
};

/** `onTrouble(error)` hears why a LINE user has become a guest. */
export async function identify(onTrouble) {
  try {
    if (liffId) return { ...GUEST, ...(await liffIdentity(liffId)) };
  } catch (error) {
    onTrouble(error);
  }
  return standinUrl ? standinIdentity(standinUrl, GUEST) : GUEST;
}
