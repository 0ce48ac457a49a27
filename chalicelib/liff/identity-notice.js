/** Where it must be known who orders and is not: the words, and the ways out. */
import { t } from "./i18n.js";
import { action, notice } from "./layout.js";

/** A card in place of what needs an identity. */
export function identityNotice({ kind }) {
  return kind === "unknown"
    ? notice("user", t("identity.unknown"), t("identity.unknown_detail"))
    : notice("user", t("identity.expired"), t("identity.expired_detail"));
}

/** Ask LINE again, or sign in; null where neither is possible. */
export function signInAction({ kind, signIn }) {
  return signIn && action(t(kind === "unknown" ? "order.try_again" : "sign_in"), "primary", signIn);
}

export const asGuestAction = (app) => action(t("identity.as_guest"), "secondary", app.goOnAsGuest);
