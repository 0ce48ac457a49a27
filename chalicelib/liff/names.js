/** Names by language, as menus and the dictionary have them. */
import { currentLanguage } from "./i18n.js";

export const CHINESE = "zh-TW";

/** In the traveller's language, else in Chinese. */
export const named = (names) => names[currentLanguage()] ?? names[CHINESE];

/** As the API takes it, and as the staff read it. */
export const wording = (names) => ({ original: names[CHINESE], translated: named(names) });
