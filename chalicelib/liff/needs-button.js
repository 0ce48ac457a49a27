/** Allergies and diet, said before a dish is chosen: the menu then marks what does not go with them. */
import { t } from "./i18n.js";
import { action } from "./layout.js";

/** `onClosed` is called when they have been said; the button may be drawn anew by it. */
export const needsButton = (onClosed) =>
  action(t("before.needs"), "quiet open-needs", async () => {
    const { askNeeds } = await import("./later.js");
    askNeeds(() => {
      onClosed();
      document.querySelector(".open-needs")?.focus();
    });
  });
