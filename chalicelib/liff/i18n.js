/** The page's language: its texts, amounts and times, and names in it. */
import { h } from "./dom.js";
import { recall, remember } from "./storage.js";

/** In their own words, for the picker. */
export const LANGUAGES = {
  "zh-TW": "繁體中文",
  en: "English",
  ja: "日本語",
  ko: "한국어",
  th: "ไทย",
  vi: "Tiếng Việt",
  id: "Indonesia",
};
const FALLBACK = "en";

let language = FALLBACK;
let texts = {};

export const currentLanguage = () => language;

/** The language nearest to one of `tags` (BCP 47, the most wanted first), else English. */
export function bestLanguage(tags) {
  for (const tag of tags) {
    const primary = String(tag).split("-")[0].toLowerCase();
    const match = Object.keys(LANGUAGES).find((known) => known.split("-")[0] === primary);
    if (match) return match;
  }
  return FALLBACK;
}

/** What the traveller chose in the picker, if they did. */
export const chosenLanguage = () => {
  const chosen = recall("language");
  return chosen in LANGUAGES ? chosen : null;
};

/** Load a language's texts and speak it from now on. Rejects if they cannot be had. */
export async function useLanguage(tag) {
  texts = await textsOf(tag);
  language = tag;
  document.documentElement.lang = tag === "zh-TW" ? "zh-Hant-TW" : tag;
}

/** The page brings those of the language that its request asked for. */
async function textsOf(tag) {
  const brought = document.getElementById("texts");
  if (brought?.dataset.language === tag) return JSON.parse(brought.textContent);
  const response = await fetch(new URL(`./${tag}.json`, import.meta.url));
  if (!response.ok) throw new Error(`no texts for ${tag}: ${response.status}`);
  return response.json();
}

export function rememberLanguage(tag) {
  remember("language", tag);
}

/** What stands under a dotted `key`, as it is. */
export const text = (key) => key.split(".").reduce((node, part) => node?.[part], texts);

/** The text under a dotted `key`; `{name}` is replaced. With `count`, `key_one` or `key_other`. */
export function t(key, values = {}) {
  let template = text(key);
  if (values.count !== undefined) {
    const rule = new Intl.PluralRules(language).select(values.count);
    template ??= text(`${key}_${rule}`) ?? text(`${key}_other`);
  }
  if (typeof template !== "string") return key;
  return template.replace(/\{(\w+)\}/g, (whole, name) =>
    typeof values[name] === "number" ? number(values[name]) : (values[name] ?? whole),
  );
}

/** Of names by language, as menus have them: the traveller's, else the Chinese one. */
export const named = (names) => names[language] ?? names["zh-TW"];

/** As the API takes it, and as the staff read it. */
export const wording = (names) => ({ original: names["zh-TW"], translated: named(names) });

/** Whether there is a text: for codes that the server may add one day. */
export const hasText = (key) => t(key) !== key;

export const number = (value) => new Intl.NumberFormat(language).format(value);

/** TWD as Taiwan's price lists, the server and the LINE message write them: NT$1,234, NT$7.5; for
 * null, which is not known, what `unknown` says. */
export const money = (twd, unknown = text("summary.price_unknown")) =>
  twd === null ? unknown : `NT$${twd.toLocaleString("en")}`;

/** As `money`, of a whole order. */
export const totalMoney = (twd) => money(twd, text("summary.amount_unknown"));

/** A time stamp from the server, in the phone's time zone. */
export function dateTime(isoText) {
  const date = new Date(isoText);
  if (Number.isNaN(date.getTime())) return "";
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(date);
}

/** Seconds as 0:07. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The picker; a native select is what every phone's assistive technology knows. */
export function languagePicker(onChoose) {
  return h(
    "select",
    {
      class: "language",
      "aria-label": t("language"),
      onchange: (event) => onChoose(event.target.value),
    },
    Object.entries(LANGUAGES).map(([tag, name]) =>
      h("option", { value: tag, lang: tag, selected: tag === language }, name),
    ),
  );
}
