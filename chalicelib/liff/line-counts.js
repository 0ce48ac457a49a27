/**
 * How many of a dish a line says, by the words of menu_lines.json: in front of the name (2碗牛肉麵,
 * 2 beef noodles, 2x 珍奶) or behind it (牛肉麵 x2, 紅茶 兩杯, trà sữa 2 ly). What is part of a name is
 * no count: 三杯雞, 水餃 10顆, 套餐 2. Pure.
 */
const TIMES = "[x×✕ｘＸ*＊]";
/** Not the beginning of a word: 2 xíu mại. */
const TIMES_AND_NAME = `${TIMES}(?<![xｘＸ](?=\\p{Script=Latin}))`;
const DIGITS = "[0-9０-９]";
const HAN_NUMBER = "[一二兩两三四五六七八九十]{1,3}";
const HAN_DIGITS = "一二三四五六七八九";
const PARTED = "[\\s,，、;；+＋]";

const TIMES_BEFORE = new RegExp(`^(?<n>[-−]?${DIGITS}{1,4})\\s*${TIMES_AND_NAME}\\s*(?=\\S)`, "iu");
/** Not the end of a word: Mix2. */
const TIMES_BEHIND = new RegExp(`\\s*(?<![a-z])${TIMES}\\s*(?<n>[-−]?${DIGITS}{1,4})$`, "iu");
const LESS_THAN_NONE = /(?:^|\s)(?<n>[-−][0-9０-９])$/u;
/** Of two digits it is rather a price, or what one portion has. */
const BARE_BEHIND = new RegExp(`\\s(?<n>${DIGITS})$`, "u");
const BARE_BEFORE = new RegExp(`^(?<n>${DIGITS})\\s+(?=\\p{L})`, "u");

/**
 * `{clear, bare, several, isNumbered, units}`. `clear(text)` and `bare(text)` are `{name, quantity}`, of whatever
 * quantity, or null: what a sign or a unit says, and what a number alone does. `several(text)` are
 * the parts of a text that names more than one dish with its count, or null; `isNumbered(name)` whether
 * a number behind it is part of the name; `units` an expression of what is counted.
 */
export function lineCounts(words = NO_WORDS) {
  if (!readers.has(words)) readers.set(words, readerOf(words));
  return readers.get(words);
}

const NO_WORDS = {};
/** Their expressions are long, and lines are many. */
const readers = new WeakMap();

function readerOf(words) {
  const listed = (name) => words[name] ?? [];
  const isNamed = (text) => Boolean(words.isNamed?.(text) || words.isNamed?.(inHan(text)));
  const isOf = (kinds, name) => listed(kinds).includes(words.kindOf?.(name));
  const values = new Map(listed("numerals").flatMap((same, at) => same.split(" ").map((word) => [word, at + 1])));
  const numeral = `(?:${DIGITS}{1,3}|${HAN_NUMBER}|(?<!\\p{Script=Hangul})${anyOf([...values.keys()].filter(isWord))})`;
  const servings = anyOf([...listed("servings"), ...listed("counters")]);
  const units = `(?!${anyOf(listed("names_like_units"))})${anyOf([...listed("servings"), ...listed("counters"), ...listed("pieces")])}`;
  const unitBehind = new RegExp(`${anyOf(listed("objects"))}?[\\s(（,，、]*(?<![\\d.第/])(?<n>${numeral})\\s*(?<unit>${servings})[)）]?$`, "iu");
  const unitBefore = new RegExp(`^(?<n>${numeral})\\s*(?<unit>${units})\\s*(?:${anyOf(listed("of"))}\\s*)?(?=\\S)`, "iu");
  const counted = `(?:${numeral}\\s*${servings}|${TIMES}\\s*${DIGITS}{1,2})`;
  const price = `(?:\\s*(?:NT)?\\$?\\s*${DIGITS}{2,4}\\s*(?:元|圓|塊)?)?`;
  const endings = new RegExp(`(?<=\\S\\s*)(?<![\\d.第/])${counted}${price}(?=${PARTED}|$)`, "giu");
  const beginnings = new RegExp(`(?<=^|${PARTED})(?:${numeral}\\s*${units}|${DIGITS}{1,2}\\s*${TIMES_AND_NAME})\\s*(?=\\p{L})`, "giu");
  const likeCounts = new RegExp(`^${anyOf(listed("names_like_counts"))}`, "iu");
  const endLikeCounts = new RegExp(`${anyOf(listed("ends_like_counts"))}$`, "iu");

  const valueOf = (text) => values.get(text.toLowerCase()) ?? hanNumber(text) ?? number(text);
  const parted = (text, found) => ({
    name: (text.slice(0, found.index) + text.slice(found.index + found[0].length)).trim(),
    quantity: valueOf(found.groups.n),
  });
  const firstOf = (text, ...patterns) => patterns.map((pattern) => text.match(pattern)).find(Boolean);

  function clear(text) {
    const signed = firstOf(text, TIMES_BEFORE, TIMES_BEHIND, LESS_THAN_NONE);
    if (signed) return parted(text, signed);
    if (isNamed(text)) return null;
    const behind = text.match(unitBehind);
    if (behind) {
      const found = parted(text, behind);
      const isSoldSo = isOneOf("counters", behind.groups.unit) && isOf("portioned", found.name);
      if (endLikeCounts.test(text) && !isOf("drinks", found.name)) return null;
      if (isName(found.name) && !isSoldSo && (/^\s/u.test(behind[0]) || !isAddition(found.name))) return found;
    }
    const before = text.match(unitBefore);
    if (!before) return null;
    const found = parted(text, before);
    // 2 鍋貼, 2 ชามะนาว: a dish of the dictionary is not cut.
    const name = text.slice(before.groups.n.length).trim();
    if (isNamed(name)) return { ...found, name };
    if (!isName(found.name)) return null;
    if (likeCounts.test(inHan(text)) || likeCounts.test(inHan(text).replace(/\s/gu, ""))) {
      return isOf("drinks", found.name) ? found : null;
    }
    const isPiece = isOneOf("pieces", before.groups.unit) || isOneOf("counters", before.groups.unit);
    return isPiece && isOf("portioned", found.name) ? null : found;
  }

  function bare(text) {
    const found = firstOf(text, BARE_BEHIND, BARE_BEFORE);
    if (!found || isNamed(text)) return null;
    const one = parted(text, found);
    const isPart = found.index ? isNumbered(one.name) : (isBefore(one.name) && !isNamed(one.name)) || unitBefore.test(text);
    return isName(one.name) && !isPart ? one : null;
  }

  const isOneOf = (name, word) => listed(name).includes(word.toLowerCase());
  const lastWord = (name) => name.split(/\s+/u).at(-1).toLowerCase();
  /** 牛肉麵 加麵兩份 */
  const isAddition = (name) => /\s/u.test(name) && listed("additions").some((word) => lastWord(name).startsWith(word));
  const isNumbered = (name) =>
    listed("numbered").some((word) => (isWord(word) ? lastWord(name) === word : name.endsWith(word)));
  /** 3 號餐, 7 up */
  const isBefore = (name) => {
    const first = name.split(/\s+/u)[0].toLowerCase();
    return listed("numbers_before").some((word) => (isWord(word) ? first === word : first.startsWith(word)));
  };

  function several(text) {
    if (isNamed(text)) return null;
    const begun = [...text.matchAll(beginnings)].map(({ index }) => index);
    const ended = [...text.matchAll(endings)].map(({ 0: { length }, index }) => index + length);
    const cuts = begun[0] === 0 ? begun.slice(1) : ended.at(-1) === text.length ? ended.slice(0, -1) : [];
    if (!cuts.length) return null;
    const parts = [0, ...cuts].map((from, at) => text.slice(from, cuts[at]).replace(EDGES, ""));
    return parts.every((part) => clear(part.replace(new RegExp(`${price}$`, "iu"), ""))?.name) ? parts : null;
  }

  return { clear, bare, several, isNumbered, units };
}

const EDGES = new RegExp(`^${PARTED}+|${PARTED}+$`, "gu");

const isName = (text) => /\p{L}/u.test(text);

/** Whether it is parted from others by more than its script. */
const isWord = (text) => /^[\p{Script=Latin}\p{M}.]+$|^\p{Script=Hangul}+$|^[\p{Script=Thai}\p{M}]+$/u.test(text);

/** Any of the words, the longest first, those in Latin whole; what is never there of none. */
const anyOf = (words) =>
  `(?:${[...words].sort((one, other) => other.length - one.length).map(whole).join("|") || "(?!)"})`;

const whole = (word) =>
  /\p{Script=Latin}$/u.test(word) ? `(?<![\\p{L}\\p{M}])${escaped(word)}(?![\\p{L}\\p{M}])` : escaped(word);

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** 十二, 二十, 兩; null for what is none. */
function hanNumber(text) {
  if (!/^[一二兩两三四五六七八九十]+$/u.test(text)) return null;
  const digit = (sign) => HAN_DIGITS.indexOf(sign.replace(/[兩两]/u, "二")) + 1;
  const [tens, ones] = text.includes("十") ? text.split("十") : ["", text];
  const many = text.includes("十") ? 10 * (tens ? digit(tens) : 1) : 0;
  return many + (ones ? digit(ones) : 0);
}

/** 3杯雞 is 三杯雞. */
const inHan = (text) => text.normalize("NFKC").replace(/^[1-9](?!\d)/u, (sign) => HAN_DIGITS[sign - 1]);

const number = (text) => Number(text.normalize("NFKC").replace("−", "-"));
