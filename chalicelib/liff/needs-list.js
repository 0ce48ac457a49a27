/** Allergies and diets, not to be overlooked: in red, each with its word and its picture. */
import { NEEDS } from "./before.js";
import { h } from "./dom.js";
import { text } from "./i18n.js";
import { pictogram } from "./pictograms.js";

/**
 * `{allergies: [ids], diets: [ids]}` in the words of `prefix` ("" or "staff_"), and in the
 * traveller's below them where `isForBoth`; null for none.
 */
export function needsList(needs, prefix, { isForBoth = false, ...properties } = {}) {
  const groups = NEEDS.filter((name) => needs[name].length > 0).map((name) =>
    h(
      "div",
      { class: "needs-group" },
      h("b", { lang: languageOf(prefix) }, titleOf(name, prefix)),
      h("ul", {}, needs[name].map((id) => need(id, name, prefix, isForBoth))),
    ),
  );
  return groups.length > 0 ? h("div", { class: "needs", ...properties }, groups) : null;
}

function need(id, name, prefix, isForBoth) {
  const word = (whose) => text(`${whose}${name}.${id}`) ?? id;
  return h(
    "li",
    {},
    pictogram(id),
    h(
      "span",
      {},
      h("span", { lang: languageOf(prefix) }, word(prefix)),
      isForBoth && word(prefix) !== word("") && h("small", {}, word("")),
    ),
  );
}

const languageOf = (prefix) => (prefix ? "zh-Hant-TW" : null);

/** 過敏：花生 without the 花生. */
const titleOf = (name, prefix) => text(`${prefix}summary.${name}`).replace("{listed}", "").trim();
