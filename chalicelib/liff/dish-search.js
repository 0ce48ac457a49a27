/**
 * Search among dishes in any of the languages, tolerant of spelling. Pure: data in, matches out.
 *
 * What is compared is folded: one case, no accents (Phở is pho), hiragana for katakana, one form of
 * every width, no spaces or signs. The better the match, the earlier: the whole name, its
 * beginning, the beginning of one of its words, anywhere in it; then what differs by a slip or two.
 */

/** How far from the whole a match may be, 0 to 1. */
const LEAST_ALIKE = 0.66;
/** How far from the whole a slip may be: "nasi babi" is no slip of "nasi kari". */
const LEAST_ALIKE_OF_SLIPS = 0.8;
/** Of so few characters everything is alike. */
const FEWEST_FOR_SLIPS = 4;

export function folded(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/(?<=[\p{Script=Latin}])\p{Mn}+/gu, "")
    .replaceAll("đ", "d")
    .normalize("NFKC")
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/** Letters and digits, and the marks that are part of a letter: Thai vowels, the kana ー. */
const packed = (text) => folded(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, "");

const words = (text) => folded(text).split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean);

/** `dishes` are `{key, names: [...]}`; what was found keeps the object. `find(query, most)`, `nearest(query)`. */
export function createSearch(dishes) {
  const entries = dishes.map((dish) => ({
    dish,
    names: dish.names.filter(Boolean).map((name) => ({ packed: packed(name), words: words(name) })),
  }));

  return {
    /** The best matches first, at most `most`; none for a query without letters. */
    find(query, most = 8) {
      const wanted = packed(query);
      if (!wanted) return [];
      const wantedWords = words(query);
      return entries
        .map(({ dish, names }, at) => ({
          dish,
          at,
          score: Math.max(0, ...names.map((name) => likeness(name, wanted, wantedWords))),
        }))
        .filter(({ score }) => score > 0)
        .sort((one, other) => other.score - one.score || one.at - other.at)
        .slice(0, most)
        .map(({ dish }) => dish);
    },

    /** The dish of which a whole name is `query` but for a slip or two; null where there is none. */
    nearest(query) {
      const wanted = packed(query);
      if (wanted.length < FEWEST_FOR_SLIPS) return null;
      let best = { dish: null, alike: LEAST_ALIKE_OF_SLIPS };
      for (const { dish, names } of entries) {
        const alike = Math.max(0, ...names.map((name) => similarity(name.packed, wanted)));
        if (alike >= best.alike) best = { dish, alike };
      }
      return best.dish;
    },
  };
}

/** 0 for what is not alike, up to 1 for the same. */
function likeness(name, wanted, wantedWords) {
  const share = wanted.length / Math.max(name.packed.length, 1);
  if (name.packed === wanted) return 1;
  if (name.packed.startsWith(wanted)) return 0.9 + 0.05 * share;
  if (wantedWords.every((word) => name.words.some((own) => own.startsWith(word)))) {
    return 0.8 + 0.05 * share;
  }
  if (wanted.length > 1 && name.packed.includes(wanted)) return 0.7 + 0.05 * share;
  if (wanted.length < FEWEST_FOR_SLIPS) return 0;
  const alike = Math.max(
    similarity(name.packed, wanted),
    wantedWords.length * name.words.length > 1 ? wordwise(name.words, wantedWords) : 0,
  );
  return alike >= LEAST_ALIKE ? 0.6 * alike : 0;
}

/** The mean over the wanted words of the nearest own one. */
function wordwise(own, wanted) {
  const nearest = wanted.map((word) => Math.max(...own.map((other) => similarity(other, word))));
  return nearest.reduce((sum, one) => sum + one, 0) / nearest.length;
}

/** 1 less the share of letters that are wrong, missing, too many or swapped. */
function similarity(one, other) {
  const longest = Math.max(one.length, other.length);
  const most = Math.floor(longest * (1 - LEAST_ALIKE));
  if (Math.abs(one.length - other.length) > most) return 0;
  const slips = distance(one, other, most);
  return slips > most ? 0 : 1 - slips / longest;
}

/** Damerau–Levenshtein distance (optimal string alignment); anything above `most` is too far. */
function distance(one, other, most) {
  let before = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwapped) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [before, row] = [row, next];
  }
  return row[other.length];
}
