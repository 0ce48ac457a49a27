/**
 * What the page says of the traveller's LINE chat: texts of their own (`chat` in the locales), for
 * views that come later. Until they are here, and without a network, the page says nothing of it.
 */
import { currentLanguage } from "./i18n.js";

/** By language. */
const known = {};

export const chatWords = (key) => known[currentLanguage()]?.[key];

export async function fetchChatWords() {
  const language = currentLanguage();
  if (known[language]) return;
  try {
    const response = await fetch(new URL(`./chat-${language}.json`, import.meta.url));
    if (response.ok) known[language] = await response.json();
  } catch {
    // The next view asks again.
  }
}
