/** What a traveller typed, as a dish of the order: pure, from the text and the dictionaries. */

/** Han without kana or Hangul is taken for Chinese, as on the paper menu. */
const isChinese = (text) =>
  /\p{Script=Han}/u.test(text) && !/[\p{Script=Hangul}\u3041-\u3096\u30a1-\u30fa]/u.test(text);

/**
 * `{name: {original, translated?}, kind, knowledge, dish, nearest?}`; `knowledge` is
 *
 *     known             the dictionary knows it: `translated` is what it is
 *     like              `dish` is only like it, so nothing is claimed in the order
 *     chinese           nobody knows it: said as it is written, or pointed at
 *     words             of another language, that nobody knows: sent as they are. Where they look
 *                       like a slip, `nearest` is the known dish that may be meant
 *
 * A Chinese name stays as it was typed, whatever else the dish is called.
 */
export function asDish(typed, { own, others }) {
  const text = typed.trim().replace(/\s+/gu, " ");
  const explained = own?.explain(text) ?? null;
  if (explained && !explained.isOnlyLike && isChinese(text)) {
    return known({ ...explained, original: text }, own);
  }
  const meant = [own, ...others].map((dictionary) => dictionary?.meant(text)).find(Boolean);
  if (meant) return known(meant, own);
  const unclear = { name: { original: text }, kind: explained?.kind ?? null, dish: explained };
  if (explained) return { ...unclear, knowledge: "like" };
  if (isChinese(text)) return { ...unclear, knowledge: "chinese" };
  const nearest = [own, ...others].map((dictionary) => dictionary?.nearest(text)).find(Boolean);
  return { ...unclear, knowledge: "words", nearest: nearest && known(nearest, own) };
}

/** The dishes that may be meant, best first, each once, in the traveller's own language. */
export function suggestions(typed, { own, others }, most = 6) {
  const found = new Map();
  for (const dictionary of [own, ...others]) {
    for (const dish of dictionary?.find(typed, most) ?? []) {
      if (!found.has(dish.original)) found.set(dish.original, known(dish, own));
    }
  }
  return [...found.values()].slice(0, most);
}

function known(dish, own) {
  const { original, kind } = dish;
  const translated = own?.explain(dish.original)?.translated ?? dish.translated;
  return {
    name: translated ? { original, translated } : { original },
    kind,
    knowledge: "known",
    dish,
  };
}
