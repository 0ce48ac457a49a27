/** What a traveller typed, as a dish of the order: pure, from the text and the dictionaries. */

/** Han without kana or Hangul is taken for Chinese, as on the paper menu. */
const isChinese = (text) =>
  /\p{Script=Han}/u.test(text) && !/[\p{Script=Hangul}\u3041-\u3096\u30a1-\u30fa]/u.test(text);
/** So few letters of a name mean nothing yet. */
const FEWEST_LETTERS = 4;

/**
 * `{name: {original, translated?}, kind, knowledge, dish, nearest?}`; `knowledge` is
 *
 *     known             the dictionary knows it: `translated` is what it is
 *     like              `dish` is only like it, so nothing is claimed in the order
 *     chinese           nobody knows it: said as it is written, or pointed at
 *     words             of another language, that nobody knows: sent as they are. Where they look
 *                       like a slip, or like a name with a wish behind it, `nearest` is the known
 *                       dish that may be meant, the wish kept in its name
 *
 * A Chinese name stays as it was typed, whatever else the dish is called, and so does a wish behind it.
 */
export function asDish(typed, { own, others }) {
  const text = typed.trim().replace(/\s+/gu, " ");
  const explained = own?.explain(text) ?? null;
  if (explained && !explained.isOnlyLike && isChinese(text)) {
    return known({ ...explained, original: text }, own);
  }
  const all = [own, ...others].filter(Boolean);
  const first = (look) => all.map(look).find(Boolean);
  const meant = first((dictionary) => dictionary.meant(text));
  if (meant) return known(meant, own);
  const begun = first((dictionary) => dictionary.beginning(text));
  if (begun && isChinese(begun.head) && !/\p{Script=Han}/u.test(begun.wish.replace(JAPANESE, ""))) {
    const dish = wished(known(begun.dish, own), begun.wish);
    return { ...dish, name: { ...dish.name, original: text } };
  }
  const unclear = { name: { original: text }, kind: explained?.kind ?? null, dish: explained };
  if (explained) return { ...unclear, knowledge: "like" };
  if (isChinese(text)) return { ...unclear, knowledge: "chinese" };
  if (begun) return { ...unclear, knowledge: "words", nearest: wished(known(begun.dish, own), begun.wish) };
  const nearest = first((dictionary) => dictionary.nearest(text));
  return { ...unclear, knowledge: "words", nearest: nearest && known(nearest, own) };
}

/** 氷少なめ: Han within kana. */
const JAPANESE = /\p{Script=Han}*[\u3041-\u3096\u30a1-\u30fc]+\p{Script=Han}*/gu;

/**
 * The dishes that may be meant, best first, each once, in the traveller's own language: none without
 * its dictionary. A wish behind the name (trà sữa trân châu ít đường) stays behind what is found.
 */
export function suggestions(typed, { own, others }, most = 6) {
  if (!own) return [];
  const found = new Map();
  const note = (dish, wish = "") => {
    if (!found.has(dish.original)) found.set(dish.original, wished(known(dish, own), wish));
  };
  const find = (text, wish) => {
    for (const dictionary of [own, ...others]) {
      for (const dish of dictionary.find(text, most)) note(dish, wish);
    }
  };
  for (const dictionary of [own, ...others]) {
    const begun = dictionary.beginning(typed);
    if (begun) note(begun.dish, begun.wish);
  }
  find(typed);
  const words = typed.trim().split(/\s+/u);
  for (let end = words.length - 1; end > 0 && !found.size; end--) {
    const name = words.slice(0, end).join(" ");
    if (name.length >= FEWEST_LETTERS) find(name, words.slice(end).join(" "));
  }
  return [...found.values()].slice(0, most);
}

/** With a wish behind its name, as it was typed: the staff see it. */
function wished(dish, wish) {
  if (!wish) return dish;
  const { original, translated } = dish.name;
  const name = { original: `${original} ${wish}` };
  return { ...dish, name: translated ? { ...name, translated: `${translated} (${wish})` } : name };
}

function known(dish, own) {
  const { original, kind } = dish;
  // Another language's name is none of the traveller's.
  const translated = own?.explain(dish.original)?.translated;
  return {
    name: translated ? { original, translated } : { original },
    kind,
    knowledge: "known",
    dish,
  };
}
