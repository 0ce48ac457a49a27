/** In words, what a typed dish (typed-dish.js) is. */
import { currentLanguage, t } from "./i18n.js";

/** `typed` is what stands in the field; empty where there is nothing to say. */
export function whatItIs({ name, knowledge, dish }, typed) {
  if (knowledge === "known") {
    if (name.original !== typed) return t("counter.in_chinese", { dish: name.original });
    return currentLanguage() === "zh-TW" ? "" : (name.translated ?? "");
  }
  if (knowledge === "like") return t("counter.like", { dish: dish.translated ?? dish.original });
  return t(`counter.${knowledge}`);
}

/** Whether somebody has to be told before they add it. */
export const isUnclear = ({ knowledge }) => knowledge.startsWith("unknown");
