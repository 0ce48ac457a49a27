/** The finder of dishes, which comes after the first view: without it a dish is what was typed. */
import { chosen, replace } from "./cart.js";
import { currentLanguage, t } from "./i18n.js";

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

/** What was typed in another language of the page, in the present one. */
export async function nameAnew() {
  const typed = chosen().filter(({ dishId }) => !dishId);
  const dishes = await Promise.all(typed.map(({ name }) => identify(name.original)));
  dishes.forEach(({ name }, at) => {
    if (name.original === typed[at].name.original) replace(typed[at].key, { ...typed[at], name });
  });
}

/** What a typed text says of a dish, how many and its price (pasted-list.js); nothing of the latter two
 * where that is not known in time. */
export function readTyped(text) {
  const read = finder().then(({ typedLine }) => typedLine(text, currentLanguage()));
  return Promise.race([read, late()])
    .catch(() => null)
    .then((line) => line ?? { name: text.trim(), quantity: null, price: null });
}

/** The dishes of a pasted text (pasted-list.js), all lines alike where what is no dish is not known in time. */
export async function readList(text, most) {
  const { menuWords, parseList } = await finder();
  const words = await Promise.race([menuWords(currentLanguage()), late()]).catch(() => undefined);
  return parseList(text, { most, words });
}

export const prefetch = async () => (await finder()).prefetch(currentLanguage());

const late = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));

const asTyped = (text) => ({
  name: { original: text.trim() },
  kind: null,
  dish: null,
  knowledge: /\p{Script=Han}/u.test(text) ? "chinese" : "words",
});

/** In words, what a typed dish is. `typed` is what stands in the field; empty where there is nothing to say. */
export function whatItIs({ name, knowledge, dish }, typed) {
  if (knowledge === "known") {
    if (name.original !== typed) return t("counter.in_chinese", { dish: name.original });
    return currentLanguage() === "zh-TW" ? "" : (name.translated ?? "");
  }
  if (knowledge === "like") return t("counter.like", { dish: dish.translated ?? dish.original });
  return t(`counter.unknown_${knowledge}`);
}

/** Whether somebody has to be told before they add it. */
export const isUnclear = ({ knowledge }) => ["chinese", "words"].includes(knowledge);
