/** The finder of dishes, which comes after the first view: without it a dish is what was typed. */
import { currentLanguage } from "./i18n.js";

const PATIENCE_MS = 1500;

const finder = () => import("./dish-finder.js");

/** The dishes that may be meant; none where they cannot be looked up. */
export async function suggest(text) {
  try {
    return await (await finder()).suggest(text, currentLanguage());
  } catch {
    return [];
  }
}

/** What a typed text is (typed-dish.js); as it is typed where that is not known in time. */
export function identify(text) {
  const found = finder().then(({ identify }) => identify(text, currentLanguage()));
  return Promise.race([found, late()]).catch(() => asTyped(text)).then((dish) => dish ?? asTyped(text));
}

export const prefetch = async () => (await finder()).prefetch(currentLanguage());

const late = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));

const asTyped = (text) => ({
  name: { original: text.trim() },
  kind: null,
  dish: null,
  knowledge: /\p{Script=Han}/u.test(text) ? "unknown_chinese" : "unknown_words",
});
