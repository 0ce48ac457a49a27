/**
 * The dictionary of dishes: what a Chinese name is in the traveller's language, and which Chinese
 * name stands for their words. One file a language, fetched when it is first wanted and kept.
 */
import { createSearch, folded } from "./dish-search.js";
import { beforeAddition } from "./menu-additions.js";

const loaded = new Map();

/** The dictionary in `language`; rejects where it cannot be had, and may be asked again. */
export function dictionary(language) {
  if (!loaded.has(language)) {
    const wanted = load(language);
    loaded.set(language, wanted);
    wanted.catch(() => loaded.delete(language));
  }
  return loaded.get(language);
}

async function load(language) {
  const response = await fetch(new URL(`./dishes-${language}.json`, import.meta.url));
  if (!response.ok) throw new Error(`no dishes in ${language}: ${response.status}`);
  return createDictionary(await response.json());
}

/**
 * Of `dishes`, `[Chinese, name, kind, [other Chinese…], [other names…]]`, the words of what a menu adds
 * to a name (menu-additions.js), and of its lines that are no dish (menu-lines.js).
 */
export function createDictionary({ dishes: entries, additions = {}, lines = {} }) {
  const withoutLast = beforeAddition(additions);
  const dishes = entries.map(([original, translated, kind, otherChinese, otherNames]) => ({
    original,
    translated,
    kind,
    chinese: [original, ...otherChinese],
    names: [original, ...otherChinese, translated, ...otherNames],
  }));
  const byName = new Map(dishes.flatMap((dish) => dish.chinese.map((name) => [plain(name), dish])));
  const byWords = new Map(
    [...dishes].reverse().flatMap((dish) => dish.names.filter(Boolean).map((name) => [plain(name), dish])),
  );
  const { find, nearest } = createSearch(dishes);
  return {
    find,
    nearest,
    lines: {
      ...lines,
      isDish: (name) => byName.has(plain(name)),
      isNamed: (name) => byWords.has(plain(name)),
      kindOf: (name) => (byWords.get(plain(name)) ?? added(name) ?? partly(plain(name)))?.kind ?? null,
    },
    explain: (name) => byName.get(plain(name)) ?? added(name) ?? partly(plain(name)),
    beginning,
    /** The dish that is called exactly so in one of the languages; null where none is. */
    meant: (words) => byWords.get(plain(words)) ?? null,
  };

  /**
   * `{dish, head, wish}` of a text that begins with a dish's name in one of the languages and goes on:
   * 珍珠奶茶 less ice, ชานมไข่มุก หวานน้อย, "trà sữa trân châu, ít đường"; null of any other.
   */
  function beginning(text) {
    for (let end = text.length - 1; end > 1; end--) {
      if (!PARTS.test(text.slice(end - 1, end + 1))) continue;
      const head = text.slice(0, end).replace(EDGE, "");
      const wish = text.slice(end).replace(EDGE, "");
      const dish = /[\p{L}]/u.test(wish) && byWords.get(plain(head));
      if (dish) return { dish, head, wish };
    }
    return null;
  }

  /** 珍珠奶茶 L, 水餃 10顆, 紅茶（半糖去冰）: the dish, and as it was written what is added to it. */
  function added(written) {
    const name = written.normalize("NFKC").trim();
    for (let bare = withoutLast(name); bare; bare = withoutLast(bare)) {
      const dish = byName.get(plain(bare));
      if (!dish) continue;
      // In Chinese the name is all that there is to say.
      if (dish.chinese.includes(dish.translated)) return { ...dish, translated: written };
      const addition = name.slice(bare.length).replace(/[\s()]+/gu, " ").trim();
      return { ...dish, translated: `${dish.translated} (${addition})` };
    }
    return null;
  }

  /** 古早味滷肉飯（大）: the longest dish that the name ends with, said to be only like it. */
  function partly(name) {
    const bare = name.replace(/[(（[【].*$/u, "");
    for (let from = 0; from < bare.length - 1; from++) {
      const dish = byName.get(bare.slice(from));
      if (dish) return { ...dish, isOnlyLike: from > 0 || bare !== name };
    }
    return null;
  }
}

/** Where a name may end: a space or a sign, or the letter before another one in Thai, which has no spaces. */
const PARTS = /.[\s,，、;；:：(（/–-]|[\s,，、;；:：)）/–-].|\p{Script=Thai}(?!\p{M})\p{Script=Thai}/u;
const EDGE = /^[\s,，、;；:：(（)）/–-]+|[\s,，、;；:：(（)）/–-]+$/gu;

const plain = (name) => folded(name).replace(/\s+/gu, "");

/** `{own, others}`: the dictionaries for `query`, without those that cannot be had; `own` or null. */
export async function dictionariesFor(query, own) {
  const [first, ...others] = await Promise.all(
    languagesOf(query, own).map((language) => dictionary(language).catch(() => null)),
  );
  return { own: first, others: others.filter(Boolean) };
}

/** The languages in whose dictionaries `query` may stand: the page's own, and its script's. */
export function languagesOf(query, own) {
  const scripts = [
    [/[\u3041-\u30ff]/, ["ja"]],
    [/\p{Script=Hangul}/u, ["ko"]],
    [/\p{Script=Thai}/u, ["th"]],
    [/\p{Script=Han}/u, []],
    [/\p{Script=Latin}/u, ["en", "vi", "id"]],
  ];
  const found = scripts.find(([script]) => script.test(query))?.[1] ?? [];
  return [...new Set([own, ...found])];
}
